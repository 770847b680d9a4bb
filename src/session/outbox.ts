// What becomes of sealed records, settled one by one. No I/O, no clock.
import type { Settlement } from "../protocol/session-calls.ts";
import { MAX_DEAD_LETTERS, MAX_DEAD_SIZE } from "./bounds.ts";
import { isInPassing } from "./backoff.ts";
import { sealPlaces } from "./seal.ts";
import type { SessionState } from "./state.ts";
import { believeDelivered } from "./tombstone.ts";
import { noteDue } from "./upcoming.ts";

/** What one consumer says became of its records, and from when on the rest may be tried again. */
export interface SettleEntry extends Omit<Settlement, "next"> {
  notBefore?: number;
  /** Of how many of them nothing was known: a replay that finds more differs from what was. */
  unknown?: number;
}

/** `delivered` is believed of any lease, `dead` and `retry` only of the one that stands. */
export function settle(state: SessionState, entry: SettleEntry): void {
  const current = state.lease?.id === entry.lease;
  const delivered = new Set(entry.delivered);
  const known = believeDelivered(state, delivered);
  const dead = new Map(current ? entry.dead.map((verdict) => [verdict.ordinal, verdict]) : []);
  const settled = [...entry.delivered, ...dead.keys()].filter((ordinal) => !known.has(ordinal));
  state.counts.unknown += sealMissing(state, settled);
  state.outbox = state.outbox.filter((record) => {
    const verdict = dead.get(record.ordinal);
    if (delivered.has(record.ordinal)) {
      state.counts.delivered += record.actions;
      return false;
    }
    if (verdict === undefined) return true;
    const { reason, message } = verdict;
    state.deadLetters.push({ record, reason, message, at: state.t });
    state.deadSize += record.size;
    state.counts.dead += record.actions;
    return false;
  });
  state.outboxSize = state.outbox.reduce((sum, { size }) => sum + size, 0);
  while (state.deadLetters.length > MAX_DEAD_LETTERS || state.deadSize > MAX_DEAD_SIZE) {
    dropOldestDeadLetter(state);
  }
  const { lease } = state;
  if (lease !== undefined && (state.outbox[0]?.seq ?? lease.upTo + 1) > lease.upTo) {
    // Nothing of it is left, whoever delivered it.
    delete state.lease;
  }
  if (!current) return;
  delete state.lease;
  if (entry.notBefore === undefined) {
    state.attempts = 0;
    delete state.notBefore;
  } else {
    if (entry.delivered.length > 0) state.attempts = 0;
    if (!isInPassing(entry.retry?.reason)) state.attempts += 1;
    state.notBefore = entry.notBefore;
  }
}

/**
 * What is settled was sealed and lent, perhaps by another version of this code, and without a word in
 * the journal: what is still being assembled of it is sealed now. Returns how many are not known at all.
 */
function sealMissing(state: SessionState, settled: readonly number[]): number {
  const sealed = new Set(state.outbox.map(({ ordinal }) => ordinal));
  const missing = settled.filter((ordinal) => !sealed.has(ordinal));
  if (missing.length === 0) return 0;
  const before = state.outbox.length;
  const traces = sealPlaces(state, new Set(missing));
  for (const trace of traces) noteDue(state, trace);
  return missing.length - (state.outbox.length - before);
}

function dropOldestDeadLetter(state: SessionState): void {
  const dropped = state.deadLetters.shift();
  if (dropped === undefined) return;
  const { actions, size } = dropped.record;
  state.deadSize -= size;
  state.counts.dead -= actions;
  const reason = "dead_letter_overflow";
  state.counts.dropped.set(reason, (state.counts.dropped.get(reason) ?? 0) + actions);
}
