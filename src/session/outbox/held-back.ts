// Sealed records that are held back: a kind that failed waits by itself, and so does a record that was set
// aside, so that neither holds back what Langfuse would take. No I/O, no clock.
import type { Ordered } from "./outbox-state.ts";
import type { SessionState, Trace } from "../state.ts";

/** Records that nothing keeps back, in order. */
export function leasable(state: SessionState): readonly Ordered[] {
  if (isFree(state)) return state.outbox;
  const until = heldBackUntil(state);
  return state.outbox.filter((record) => until(record) <= state.t);
}

/** When the first of the sealed records may be leased, epoch ms; undefined where nothing is sealed. */
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

/** Until when records that this trace is sealed into are held back, epoch ms; 0 for not at all. */
export function heldOnceSealed({ failing }: SessionState, { drafts, late, scores }: Trace): number {
  const observations =
    drafts.size + late.size > 0 ? (failing.observation?.notBefore ?? 0) : Infinity;
  return Math.min(observations, scores.size > 0 ? (failing.score?.notBefore ?? 0) : Infinity);
}

/** Nothing was ever left for later of what waits now. */
export function isFree({ failing, setAside }: SessionState): boolean {
  return failing.observation === undefined && failing.score === undefined && setAside.length === 0;
}

function heldBackUntil({ failing, setAside }: SessionState): (record: Ordered) => number {
  const alone = new Map(setAside.map(({ ordinal, notBefore }) => [ordinal, notBefore]));
  return ({ ordinal, kind }) => Math.max(alone.get(ordinal) ?? 0, failing[kind]?.notBefore ?? 0);
}
