// Sealed records that are held back: a kind that failed waits by itself, and so does a record that was set
// aside, so that neither holds back what Langfuse would take; a kind that a consumer still has waits for its
// outcome, so that its order stands. No I/O, no clock.
import type { RecordKind } from "../../protocol/record.ts";
import type { Ordered } from "./outbox-state.ts";
import type { SessionState } from "../state.ts";
import type { Trace } from "../assembly/assembly-state.ts";

/** Records that nothing keeps back, in order. */
export function leasable(state: SessionState): readonly Ordered[] {
  if (isFree(state)) return state.outbox;
  const until = heldBackUntil(state);
  return state.outbox.filter((record) => until(record) <= state.t);
}

/** The moment at which the first sealed record may be leased, epoch ms; undefined where nothing is sealed. */
export function leasableFrom(state: SessionState): number | undefined {
  if (state.outbox.length === 0) return undefined;
  if (isFree(state)) return state.t;
  const until = heldBackUntil(state);
  let first = Number.POSITIVE_INFINITY;
  for (const record of state.outbox) {
    first = Math.min(first, until(record));
    if (first <= state.t) return state.t;
  }
  return first;
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
