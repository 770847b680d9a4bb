// Sealed records that are held back: a kind that failed waits by itself, and so does a record that was set
// aside, so that neither holds back what Langfuse would take; a kind that a consumer still has waits for its
// outcome, so that its order stands. No I/O, no clock.
import { RECORD_KINDS, type RecordKind } from "../../protocol/record.ts";
import type { Ordered } from "./outbox-state.ts";
import type { SessionState } from "../state.ts";
import type { Trace } from "../assembly/assembly-state.ts";

/** Records that nothing keeps back, in order, one by one: who needs the first few does not look at all. */
export function* leasable(state: SessionState): Iterable<Ordered> {
  if (isFree(state)) {
    yield* state.outbox;
    return;
  }
  const until = heldBackUntil(state);
  for (const record of state.outbox) if (until(record) <= state.t) yield record;
}

/** Those of them up to this one in the order of sealing. */
export function leasableUpTo(state: SessionState, upTo: number): Ordered[] {
  const found: Ordered[] = [];
  for (const record of leasable(state)) {
    if (record.seq > upTo) break;
    found.push(record);
  }
  return found;
}

export function firstLeasable(state: SessionState): Ordered | undefined {
  for (const record of leasable(state)) return record;
  return undefined;
}

/**
 * The moment at which the first sealed record may be leased, epoch ms; undefined where nothing is sealed. Each request
 * asks: where records wait, it looks at those that were set aside and at the kinds of what is new.
 */
export function leasableFrom(state: SessionState): number | undefined {
  const { outbox, setAside, t } = state;
  if (outbox.length === 0) return undefined;
  if (isFree(state)) return t;
  const kinds = kindsOf(outbox);
  const held = {
    observation: kindHeldUntil(state, "observation"),
    score: kindHeldUntil(state, "score"),
  };
  const others = { ...kinds.counts };
  let first = Number.POSITIVE_INFINITY;
  for (const { ordinal, notBefore } of setAside) {
    const kind = kinds.byOrdinal.get(ordinal);
    if (kind === undefined) continue;
    others[kind] -= 1;
    first = Math.min(first, Math.max(notBefore, held[kind]));
  }
  for (const kind of RECORD_KINDS) if (others[kind] > 0) first = Math.min(first, held[kind]);
  return Math.max(first, t);
}

interface Kinds {
  counts: Record<RecordKind, number>;
  byOrdinal: Map<number, RecordKind>;
}

/** Of an outbox, which is added to, or replaced, and never changed otherwise: only what is new is looked at. */
const known = new WeakMap<readonly Ordered[], Kinds>();

function kindsOf(outbox: readonly Ordered[]): Kinds {
  const kinds = known.get(outbox) ?? {
    counts: { observation: 0, score: 0 },
    byOrdinal: new Map<number, RecordKind>(),
  };
  known.set(outbox, kinds);
  const { counts, byOrdinal } = kinds;
  for (let index = counts.observation + counts.score; index < outbox.length; index += 1) {
    const record = outbox[index];
    if (record === undefined) break;
    counts[record.kind] += 1;
    byOrdinal.set(record.ordinal, record.kind);
  }
  return kinds;
}

/** The moment until which the records of this trace will be held back, epoch ms; 0 for not at all. */
export function heldOnceSealed(state: SessionState, { drafts, late, scores }: Trace): number {
  const observations = drafts.size + late.size > 0 ? kindHeldUntil(state, "observation") : Infinity;
  return Math.min(observations, scores.size > 0 ? kindHeldUntil(state, "score") : Infinity);
}

/** No sealed record was ever left for later. */
export function isUntried({ failing, setAside }: SessionState): boolean {
  return failing.observation === undefined && failing.score === undefined && setAside.length === 0;
}

function isFree(state: SessionState): boolean {
  return state.partLease === undefined && isUntried(state);
}

function heldBackUntil(state: SessionState): (record: Ordered) => number {
  const alone = new Map(state.setAside.map(({ ordinal, notBefore }) => [ordinal, notBefore]));
  const kinds = {
    observation: kindHeldUntil(state, "observation"),
    score: kindHeldUntil(state, "score"),
  };
  return ({ ordinal, kind }) => Math.max(alone.get(ordinal) ?? 0, kinds[kind]);
}

function kindHeldUntil({ failing, partLease }: SessionState, kind: RecordKind): number {
  const out = partLease?.kind === kind ? partLease.until : 0;
  return Math.max(failing[kind]?.notBefore ?? 0, out);
}
