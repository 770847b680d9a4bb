// A settlement applied: sealed records leave the outbox, delivered or dead, and the rest waits, by kind or
// one by one. No I/O, no clock.
import { RECORD_KINDS, type RecordKind } from "../../protocol/record.ts";
import type { KindRetry, SettleAnswer, Settlement } from "../../protocol/session/settle-calls.ts";
import { isTry } from "./backoff.ts";
import { addDeadLetter, deliverLetters } from "../dead-letters/letters.ts";
import { endLease, isLeased } from "./lease-end.ts";
import { sealByCreatedSeq } from "../assembly/seal.ts";
import type { SessionState } from "../state.ts";
import { settleErased } from "../erasure/tombstone.ts";
import { pruneOrigins } from "../spans/origins.ts";
import { updateDeadline } from "../deadlines/next-deadline.ts";

/** A consumer's verdict on the records of its lease, and from when on the rest may be tried again. */
export interface SettleEntry extends Omit<Settlement, "next" | "setAside"> {
  notBefore?: number;
  /** The same of each kind, where they differ. */
  notBefores?: Partial<Record<RecordKind, number>>;
  /** How many of the records were not known: a replay that finds more differs from what happened. */
  unknown?: number;
  /** Records that were set aside, and when each may be tried again. */
  alone?: AloneEntry[];
}

interface AloneEntry {
  ordinal: number;
  /** Epoch ms. */
  notBefore: number;
}

/** The reason, in the books. */
const SAMPLED = "sampled";

/** The answer of an object that has deleted itself, after all of it was settled. */
export function settledBefore({ delivered: { length: repeated } }: Settlement): SettleAnswer {
  return { sealed: 0, pending: 0, ...(repeated > 0 && { repeated }) };
}

/** `delivered` is believed of any lease, `dead` and `retry` only of the one that stands. */
export function applySettlement(state: SessionState, entry: SettleEntry): void {
  const current = isLeased(state, entry.lease);
  const delivered = new Set(entry.delivered);
  const erased = settleErased(state, delivered);
  const risen = deliverLetters(state, delivered);
  const dead = new Map(current ? entry.dead.map((verdict) => [verdict.ordinal, verdict]) : []);
  // Forgotten while they were out: refused or not, nothing is left of them.
  for (const [ordinal] of state.forgotten?.inFlight ?? []) dead.delete(ordinal);
  const settled = [...entry.delivered, ...dead.keys()].filter(
    (ordinal) => !erased.has(ordinal) && !risen.has(ordinal),
  );
  state.counts.unknown += sealMissing(state, settled);
  const isFirst = state.counts.delivered === 0;
  const [movedKinds, takenKinds] = [new Set<RecordKind>(), new Set<RecordKind>()];
  state.outbox = state.outbox.filter((record) => {
    const verdict = dead.get(record.ordinal);
    const isDelivered = delivered.has(record.ordinal);
    if (!isDelivered && verdict === undefined) return true;
    if (record.sampledOut === true) {
      countSampledOut(state, record.actions);
      return false;
    }
    movedKinds.add(record.kind);
    if (isDelivered) {
      state.counts.delivered += record.actions;
      takenKinds.add(record.kind);
    } else if (verdict !== undefined) addDeadLetter(state, record, verdict);
    return false;
  });
  learnTaken(state, takenKinds, isFirst);
  state.outboxSize = state.outbox.reduce((sum, { size }) => sum + size, 0);
  pruneOrigins(state);
  const waiting = new Map(state.outbox.map(({ ordinal, kind }) => [ordinal, kind]));
  state.setAside = state.setAside.filter(({ ordinal }) => waiting.has(ordinal));
  endLease(state, entry);
  if (!current) return;
  const [waitingKinds, setAsideKinds] = [new Set(waiting.values()), new Set<RecordKind>()];
  const headKinds = new Set(movedKinds);
  for (const one of entry.alone ?? []) {
    const kind = waiting.get(one.ordinal);
    if (kind === undefined) continue;
    setAsideKinds.add(kind);
    if (setAside(state, one)) headKinds.add(kind);
  }
  for (const kind of RECORD_KINDS) {
    const moved = movedKinds.has(kind);
    if (isRetried(entry, kind)) retryKind(state, kind, entry, { moved, head: headKinds.has(kind) });
    // The outcome of what the consumer still has is not known yet.
    else if (entry.keeps?.includes(kind)) {
      if (headKinds.has(kind)) delete state.failing[kind]?.alone;
    }
    // A kind that waits, and of which nothing was in the lease, keeps its tries: nothing new is known of it.
    else if (moved || setAsideKinds.has(kind) || !waitingKinds.has(kind)) {
      delete state.failing[kind];
    }
  }
}

/** @param isFirst nothing had been taken before */
function learnTaken(state: SessionState, kinds: ReadonlySet<RecordKind>, isFirst: boolean): void {
  if (kinds.has("observation")) delete state.scoresOnly;
  else if (isFirst && kinds.has("score")) state.scoresOnly = true;
}

/** It was never on its way to Langfuse, and says nothing of how that fares. */
function countSampledOut({ counts }: SessionState, actions: number): void {
  counts.dropped.set(SAMPLED, (counts.dropped.get(SAMPLED) ?? 0) + actions);
}

function isRetried({ retry, notBefore, keeps }: SettleEntry, kind: RecordKind): boolean {
  if (notBefore === undefined || keeps?.includes(kind)) return false;
  return (retry?.kinds ?? RECORD_KINDS).includes(kind);
}

interface Progress {
  /** Some of the kind was delivered, or is dead, by the same settlement. */
  moved: boolean;
  /** Another record is the oldest of the kind now. */
  head: boolean;
}

function retryKind(
  { failing, t }: SessionState,
  kind: RecordKind,
  { retry, notBefore = t, notBefores }: SettleEntry,
  { moved, head }: Progress,
): void {
  const its: Partial<KindRetry> = retry?.byKind?.[kind] ?? retry ?? {};
  const tried = isTry(its.reason);
  const before = failing[kind];
  const { tries = 0, since = t, last } = before ?? {};
  const alone = (head ? 0 : (before?.alone ?? 0)) + (its.alone ? 1 : 0);
  failing[kind] = {
    tries: its.passes ? 0 : triesAfter(tries, tried, moved),
    since: moved ? t : since,
    ...(tried ? { last: t } : last !== undefined && { last }),
    ...(alone > 0 && { alone }),
    notBefore: notBefores?.[kind] ?? notBefore,
  };
}

/** One part was taken and another was not: as often as before, and no less than once. */
function triesAfter(before: number, tried: boolean, moved: boolean): number {
  if (!tried) return before;
  return moved ? Math.max(before, 1) : before + 1;
}

/** True where it had not been set aside before. */
function setAside(state: SessionState, { ordinal, notBefore }: AloneEntry): boolean {
  const before = state.setAside.find((one) => one.ordinal === ordinal);
  if (before === undefined) {
    state.setAside.push({ ordinal, failures: 1, since: state.t, notBefore });
    return true;
  }
  before.failures += 1;
  before.notBefore = notBefore;
  return false;
}

/**
 * A record that is settled was sealed and leased, perhaps by another version of this code, and perhaps
 * without an entry in the journal: if it is still being assembled here, it is sealed now. Returns how many
 * are not known at all.
 */
function sealMissing(state: SessionState, settled: readonly number[]): number {
  const sealed = new Set(state.outbox.map(({ ordinal }) => ordinal));
  const missing = settled.filter((ordinal) => !sealed.has(ordinal));
  if (missing.length === 0) return 0;
  const before = state.outbox.length;
  const traces = sealByCreatedSeq(state, new Set(missing));
  for (const trace of traces) updateDeadline(state, trace);
  return missing.length - (state.outbox.length - before);
}
