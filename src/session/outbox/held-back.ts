// Which sealed records may be leased now: a kind that failed waits by itself, and so does a record that was
// set aside, so that neither keeps back what Langfuse would take. No I/O, no clock.
import type { Ordered } from "./outbox-state.ts";
import type { SessionState } from "../state.ts";

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

/** Nothing was ever left for later of what waits now. */
export function isFree({ failing, setAside }: SessionState): boolean {
  return failing.observation === undefined && failing.score === undefined && setAside.length === 0;
}

function heldBackUntil({ failing, setAside }: SessionState): (record: Ordered) => number {
  const alone = new Map(setAside.map(({ ordinal, notBefore }) => [ordinal, notBefore]));
  return ({ ordinal, kind }) => Math.max(alone.get(ordinal) ?? 0, failing[kind]?.notBefore ?? 0);
}
