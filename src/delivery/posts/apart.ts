// The lanes of a kind after a failure: sessions, and records that were set aside before, have requests of
// their own, a few side by side, so that one that hangs or fails holds up no other.
import { areSingle, type Candidate, groupSize, inOrder, takeGroup } from "./grouping.ts";
import { type Batch, type EncodedRecord, pack } from "./pack.ts";
import type { PassRoom } from "./pass-room.ts";
import type { StopRule } from "./stop-rule.ts";

/** Posts side by side, of a Worker's six connections. */
const POSTS_AT_ONCE = 4;

export interface Lanes {
  kind: Batch["kind"];
  room: PassRoom;
  rule: StopRule;
  /** Posts one after the other; whether all of them passed. */
  chain: (work: Batch[]) => Promise<boolean>;
  /** Posts all at one moment, then what their answers make necessary; whether the last of them was taken. */
  atOnce: (batches: readonly Batch[]) => Promise<boolean>;
  /** The place of a session's record that is to be tried beside its oldest one, where nothing else passes. */
  probe: (records: readonly EncodedRecord[], tries: number) => number | undefined;
  /** Nothing more may be posted. */
  ends: () => boolean;
  /** Leaves records untried. */
  leave: (records: readonly EncodedRecord[]) => void;
}

/** Sessions apart, a few at once. */
export async function postApart(records: readonly EncodedRecord[], lanes: Lanes): Promise<void> {
  const { kind, room, rule, chain, ends, leave } = lanes;
  const byLease = new Map<number, EncodedRecord[]>();
  for (const record of records) {
    const some = byLease.get(record.lease) ?? [];
    some.push(record);
    byLease.set(record.lease, some);
  }
  const candidates = Array.from(byLease, ([lease, { length }]) => ({
    lease,
    records: length,
    tries: room.triesOf(lease, kind),
    taken: room.isKnown(lease),
  }));
  const order = inOrder(candidates, room.random);
  const recordsOf = (group: readonly Candidate[]): EncodedRecord[] =>
    group.flatMap(({ lease }) => byLease.get(lease) ?? []);
  await inLanes(rule.limit, async () => {
    const group = ends() ? [] : takeGroup(order, rule.passedInRow);
    const [first] = group;
    if (first === undefined) return false;
    if (areSingle(first.tries)) await postSingly(recordsOf(group), first.tries, lanes);
    else await chain(pack(recordsOf(group), room.limits));
    return true;
  });
  leave(recordsOf(order));
}

/** Records that were set aside before, each alone. */
export async function postSetAside(
  records: readonly EncodedRecord[],
  { kind, rule, chain, ends, leave }: Lanes,
): Promise<void> {
  const rest = [...records];
  await inLanes(rule.earlierLimit, async () => {
    const record = ends() || !rule.triesEarlier ? undefined : rest.shift();
    if (record === undefined) return false;
    await chain([{ kind, records: [record] }]);
    return true;
  });
  leave(rest);
}

/** The records of a session that failed alone: one by one, until enough of them have passed. */
async function postSingly(
  records: readonly EncodedRecord[],
  tries: number,
  lanes: Lanes,
): Promise<void> {
  const { room, chain, ends, leave } = lanes;
  const rest = await postProbe(records, tries, lanes);
  let passed = 0;
  while (rest.length > 0 && !ends()) {
    const some = rest.splice(0, groupSize(passed, false));
    const allPassed = await chain(pack(some, room.limits));
    passed = allPassed ? passed + 1 : 0;
  }
  leave(rest);
}

/**
 * The oldest records, and another one behind them in a request of its own: at one moment, so that a Langfuse that
 * comes back takes both, and only one that takes the one alone shows that the others are at fault. Returns those
 * not posted.
 */
async function postProbe(
  records: readonly EncodedRecord[],
  tries: number,
  { kind, atOnce, probe, leave }: Lanes,
): Promise<EncodedRecord[]> {
  const place = probe(records, tries);
  const other = place === undefined ? undefined : records[place];
  if (place === undefined || other === undefined) return [...records];
  const isTaken = await atOnce([
    { kind, records: records.slice(0, place) },
    { kind, records: [other] },
  ]);
  const rest = records.slice(place + 1);
  if (isTaken) return rest;
  // All of them failed: Langfuse is down, as far as anybody can tell.
  leave(rest);
  return [];
}

/** As many lanes as failures are allowed: each goes on while `next` finds something to do. */
async function inLanes(limit: number, next: () => Promise<boolean>): Promise<void> {
  const lane = async (): Promise<void> => {
    let goesOn = true;
    while (goesOn) goesOn = await next();
  };
  await Promise.all(Array.from({ length: Math.min(POSTS_AT_ONCE, limit) }, lane));
}
