// The lanes of a kind after a failure: sessions, and records that were set aside before, have requests of
// their own, a few side by side, so that one that hangs or fails holds up no other.
import { areSingle, type Candidate, groupSize, inOrder, takeGroup } from "./grouping.ts";
import type { Part } from "./keep-order.ts";
import { type Batch, type EncodedRecord, pack } from "./pack.ts";
import type { PassRoom } from "./pass-room.ts";
import type { AtOnce } from "./post-chain.ts";
import type { StopRule } from "./stop-rule.ts";

/** Posts side by side, of a Worker's six connections. */
const POSTS_AT_ONCE = 4;

/** Requests of one moment: one for the oldest record, and one for another. */
const LEAST_AT_ONCE = 2;
/** Answers to requests of one moment come this close to each other, where they come. */
const MOMENT_MS = 1_000;

export interface Lanes {
  kind: Batch["kind"];
  room: PassRoom;
  rule: StopRule;
  /** Posts one after the other; whether all of them passed. */
  chain: (work: Batch[]) => Promise<boolean>;
  /** Posts all at one moment, then what their answers make necessary. */
  atOnce: (batches: readonly Batch[]) => Promise<AtOnce>;
  /** The requests of one moment by which a session's oldest records are told from Langfuse, where nothing passes. */
  probe: (
    records: readonly EncodedRecord[],
    tries: number,
    width: number,
  ) => readonly Part[] | undefined;
  /** Others of the kind were taken in this run. */
  hasProof: () => boolean;
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

/** The records of a session that failed alone. */
async function postSingly(
  records: readonly EncodedRecord[],
  tries: number,
  lanes: Lanes,
): Promise<void> {
  // This lane waits for its slots with nothing in its hands.
  const width = Math.max(LEAST_AT_ONCE, lanes.room.slots.free);
  const parts = lanes.probe(records, tries, width);
  const packed = parts?.map(([from, to]) => pack(records.slice(from, to), lanes.room.limits));
  // The last one may be cut short, since what it leaves is behind it.
  const isTooMuch = packed?.slice(0, -1).some(({ length }) => length > 1) === true;
  if (packed === undefined || isTooMuch) await postInTurn(records, lanes);
  else
    await postProbe(
      records,
      packed.flatMap((some) => some.slice(0, 1)),
      lanes,
    );
}

/** One by one, until enough of them have passed. */
async function postInTurn(
  records: readonly EncodedRecord[],
  { room, chain, ends, leave }: Lanes,
): Promise<void> {
  const rest = [...records];
  let passed = 0;
  while (rest.length > 0 && !ends()) {
    const some = rest.splice(0, groupSize(passed, false));
    const allPassed = await chain(pack(some, room.limits));
    passed = allPassed ? passed + 1 : 0;
  }
  leave(rest);
}

/**
 * The oldest records, and others behind them in requests of their own: at one moment, so that a Langfuse that
 * comes back takes all, and only one that takes some shows that the others are at fault. Where it takes the last ones,
 * those behind them do not wait for what hangs.
 */
async function postProbe(
  records: readonly EncodedRecord[],
  batches: readonly Batch[],
  lanes: Lanes,
): Promise<void> {
  const { room, atOnce, hasProof, leave } = lanes;
  const posted = new Set(batches.flatMap((batch) => batch.records));
  const rest = records.filter((record) => !posted.has(record));
  const { lastTaken, done } = await atOnce(batches);
  if (await lastTaken) await Promise.race([done, room.wait(MOMENT_MS)]);
  else await done;
  if (hasProof()) await postInTurn(rest, lanes);
  // All of them failed: Langfuse is down, as far as anybody can tell.
  else leave(rest);
  await done;
}

/** As many lanes as failures are allowed: each goes on while `next` finds something to do. */
async function inLanes(limit: number, next: () => Promise<boolean>): Promise<void> {
  const lane = async (): Promise<void> => {
    let goesOn = true;
    while (goesOn) goesOn = await next();
  };
  await Promise.all(Array.from({ length: Math.min(POSTS_AT_ONCE, limit) }, lane));
}
