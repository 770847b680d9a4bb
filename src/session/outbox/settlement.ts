// What becomes of sealed records, settled one by one. No I/O, no clock.
import { RECORD_KINDS, type RecordKind } from "../../protocol/record.ts";
import type { Settlement } from "../../protocol/session-calls.ts";
import { isTry } from "./backoff.ts";
import { MAX_DEAD_LETTERS, MAX_DEAD_SIZE } from "../bounds.ts";
import { leasable } from "./held-back.ts";
import { sealPlaces } from "../assembly/seal.ts";
import type { SessionState } from "../state.ts";
import { settleErased } from "../erasure/tombstone.ts";
import { updateDeadline } from "../deadlines/next-deadline.ts";

/** What one consumer says became of its records, and from when on the rest may be tried again. */
export interface SettleEntry extends Omit<Settlement, "next" | "setAside"> {
  notBefore?: number;
  /** Of how many of them nothing was known: a replay that finds more differs from what was. */
  unknown?: number;
  /** Records that were set aside, and when each may be tried again. */
  alone?: AloneEntry[];
}

interface AloneEntry {
  ordinal: number;
  /** Epoch ms. */
  notBefore: number;
}

/** `delivered` is believed of any lease, `dead` and `retry` only of the one that stands. */
export function applySettlement(state: SessionState, entry: SettleEntry): void {
  const current = state.lease?.id === entry.lease;
  const delivered = new Set(entry.delivered);
  const known = settleErased(state, delivered);
  const dead = new Map(current ? entry.dead.map((verdict) => [verdict.ordinal, verdict]) : []);
  const settled = [...entry.delivered, ...dead.keys()].filter((ordinal) => !known.has(ordinal));
  state.counts.unknown += sealMissing(state, settled);
  const movedKinds = new Set<RecordKind>();
  state.outbox = state.outbox.filter((record) => {
    const verdict = dead.get(record.ordinal);
    if (delivered.has(record.ordinal) || verdict !== undefined) movedKinds.add(record.kind);
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
  if (lease !== undefined && !leasable(state).some(({ seq }) => seq <= lease.upTo)) {
    // Nothing of it is left, whoever delivered it.
    delete state.lease;
  }
  const alone = new Set(state.outbox.map(({ ordinal }) => ordinal));
  state.setAside = state.setAside.filter(({ ordinal }) => alone.has(ordinal));
  if (!current) return;
  delete state.lease;
  for (const kind of RECORD_KINDS) retryKind(state, kind, entry, movedKinds.has(kind));
  for (const one of entry.alone ?? []) if (alone.has(one.ordinal)) setAside(state, one);
}

/** What the settlement of the lease that stands says of one kind. */
function retryKind(
  state: SessionState,
  kind: RecordKind,
  { retry, notBefore }: SettleEntry,
  moved: boolean,
): void {
  const { failing, t } = state;
  const before = failing[kind];
  const asked = notBefore !== undefined && (retry?.kinds ?? RECORD_KINDS).includes(kind);
  if (!asked || notBefore === undefined) {
    // A kind that still waits was in no lease: nothing is known of it that is new.
    if (moved || (before !== undefined && before.notBefore <= t)) delete failing[kind];
    return;
  }
  const tried = isTry(retry?.reason);
  const { tries = 0, since = t, last } = before ?? {};
  failing[kind] = {
    // One part was taken and another was not: as often as before, and no less than once.
    tries: !tried ? tries : moved ? Math.max(tries, 1) : tries + 1,
    since: moved ? t : since,
    ...(tried ? { last: t } : last !== undefined && { last }),
    notBefore,
  };
}

function setAside(state: SessionState, { ordinal, notBefore }: AloneEntry): void {
  const known = state.setAside.find((one) => one.ordinal === ordinal);
  if (known === undefined) {
    state.setAside.push({ ordinal, failures: 1, since: state.t, notBefore });
    return;
  }
  known.failures += 1;
  known.notBefore = notBefore;
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
  for (const trace of traces) updateDeadline(state, trace);
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
