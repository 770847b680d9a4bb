// The lanes of a kind after a failure: sessions, and records that were set aside before, have requests of
// their own, a few side by side, so that one that hangs or fails holds up no other.
import { areSingle, type Candidate, groupSize, inOrder, takeGroup } from "./grouping.ts";
import { oldestAlone, type Part } from "./keep-order.ts";
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
    taken: room.isKnown(lease, kind),
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
  const parts = lanes.probe(records, tries, widthNow(lanes));
  if (parts === undefined) await postInTurn(records, lanes);
  else await postProbes(records, parts, lanes);
}

/** Requests that can be posted at one moment: this lane waits with nothing in its hands. */
function widthNow({ room }: Lanes): number {
  return Math.max(LEAST_AT_ONCE, room.slots.free);
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
 * comes back takes all, and only one that takes some shows that the others are at fault. Then those that failed
 * together are told apart in the same way.
 */
async function postProbes(
  records: readonly EncodedRecord[],
  first: readonly Part[],
  lanes: Lanes,
): Promise<void> {
  const { hasProof, ends, leave } = lanes;
  const begun: Promise<unknown>[] = [];
  let rest = await postProbe(records, first, lanes, begun);
  while (rest.length > 1 && hasProof() && !ends()) {
    rest = await postProbe(rest, oldestAlone(rest.length, widthNow(lanes)), lanes, begun);
  }
  if (hasProof()) await postInTurn(rest, lanes);
  // All of them failed: Langfuse is down, as far as anybody can tell.
  else leave(rest);
  await Promise.all(begun);
}

/**
 * Posts requests of one moment; returns the records of which nothing is known when all have their answers.
 * @param begun what these answers make necessary, which goes on beside what comes next
 */
async function postProbe(
  records: readonly EncodedRecord[],
  parts: readonly Part[],
  lanes: Lanes,
  begun: Promise<unknown>[],
): Promise<readonly EncodedRecord[]> {
  const { room, atOnce } = lanes;
  const packed = parts.map(([from, to]) => pack(records.slice(from, to), room.limits));
  // What does not fit the last request is behind it; what does not fit another one would be overtaken.
  const last = packed.findIndex(({ length }) => length > 1);
  const batches = packed
    .slice(0, last < 0 ? undefined : last + 1)
    .flatMap((some) => some.slice(0, 1));
  const posted = new Set(batches.flatMap((batch) => batch.records));
  const behind = records.filter((record) => !posted.has(record));
  const together = batches.filter((batch) => batch.records.length > 1);
  const { lastTaken, answered, done } = await atOnce(batches);
  begun.push(done);
  const areOthersAlone = together.every((batch) => batch === batches.at(-1));
  if ((await lastTaken) && areOthersAlone) {
    // What is behind those that passed does not wait for what hangs.
    await Promise.race([answered, room.wait(MOMENT_MS)]);
    await postInTurn(behind, lanes);
    await answered;
    return [];
  }
  await answered;
  const left = together.flatMap((batch) => batch.records);
  return [...left, ...behind].filter((record) => room.outcomes.isOpen(record));
}

/** As many lanes as failures are allowed: each goes on while `next` finds something to do. */
async function inLanes(limit: number, next: () => Promise<boolean>): Promise<void> {
  const lane = async (): Promise<void> => {
    let goesOn = true;
    while (goesOn) goesOn = await next();
  };
  await Promise.all(Array.from({ length: Math.min(POSTS_AT_ONCE, limit) }, lane));
}
