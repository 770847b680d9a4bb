// The dead letters of a state: records that Langfuse refused for good leave the outbox, and go back into it
// where somebody asks for that. No I/O, no clock. Their records are in storage keys of their own.
import type { EarlierDeath, LetterSelection } from "../../protocol/books/dead-letter-calls.ts";
import { isSpanRecord, type SealedRecord } from "../../protocol/record.ts";
import type { DeadVerdict } from "../../protocol/session/settle-calls.ts";
import { MAX_DEAD_LETTERS, MAX_DEAD_SIZE, MAX_EARLIER_DEATHS } from "../bounds.ts";
import { bookChange } from "./books.ts";
import { addDropped, isDrained, type SessionState } from "../state.ts";

/** The part of a dead record that stays in the state. */
export interface DeadRecord extends Pick<
  SealedRecord,
  "kind" | "id" | "ordinal" | "actions" | "size"
> {
  /** Of a span: the key of its origin, which the state keeps. */
  origin?: string;
}

/** Of a record that was dead before. */
export interface LetterStory {
  /** How often it was. */
  deaths: number;
  /** The latest of these deaths, oldest first. */
  earlier: EarlierDeath[];
}

export interface DeadLetter {
  record: DeadRecord;
  reason: string;
  message: string;
  /** Epoch ms. */
  at: number;
  story?: LetterStory;
}

export function deadRecordOf(record: SealedRecord): DeadRecord {
  const { kind, id, ordinal, actions, size } = record;
  const origin = isSpanRecord(record) ? { origin: record.origin } : {};
  return { kind, id, ordinal, actions, size, ...origin };
}

/** A record that has just left the outbox. */
export function addDeadLetter(
  state: SessionState,
  record: SealedRecord,
  { reason, message }: DeadVerdict,
): void {
  const { ordinal, size, actions } = record;
  const story = state.replayed.get(ordinal);
  state.replayed.delete(ordinal);
  const letter = { reason, message, at: state.t, ...(story && { story }) };
  const origin = isSpanRecord(record) ? state.origins.get(record.origin) : undefined;
  state.letterFiles.put({ record, ...letter, ...(origin && { origin }) });
  state.deadLetters.push({ record: deadRecordOf(record), ...letter });
  state.deadSize += size;
  state.counts.dead += actions;
  while (state.deadLetters.length > MAX_DEAD_LETTERS || state.deadSize > MAX_DEAD_SIZE) {
    const [oldest] = state.deadLetters;
    if (oldest === undefined) break;
    dropLetters(state, [oldest.record.ordinal], "dead_letter_overflow");
  }
  lettersChanged(state);
}

/** Letters that are given up: their actions are dropped for this reason. */
export function dropLetters(
  state: SessionState,
  ordinals: readonly number[],
  reason: string,
): void {
  for (const { record } of takeOut(state, ordinals)) {
    addDropped(state, reason, record.actions);
    state.letterFiles.remove(record.ordinal);
  }
}

/**
 * Records go back into the outbox, behind all that is sealed, byte for byte. Their files stay until they are
 * delivered: an earlier version, which does not know of replays, then still finds them dead.
 */
export function replayRecords(state: SessionState, records: readonly SealedRecord[]): void {
  const letters = takeOut(
    state,
    records.map(({ ordinal }) => ordinal),
  );
  const dead = new Map(letters.map((letter) => [letter.record.ordinal, letter]));
  for (const record of records) {
    const letter = dead.get(record.ordinal);
    if (letter === undefined) continue;
    state.replayed.set(record.ordinal, storyOf(letter));
    state.outbox.push({ ...record, seq: state.nextSeq });
    state.outboxSize += record.size;
    state.nextSeq += 1;
  }
}

/** A delivery of records that were taken for dead, or were dead once, is believed. Returns the dead ones. */
export function deliverLetters(
  state: SessionState,
  delivered: ReadonlySet<number>,
): ReadonlySet<number> {
  for (const ordinal of delivered) {
    if (state.replayed.delete(ordinal)) state.letterFiles.remove(ordinal);
  }
  if (state.deadLetters.length === 0) return new Set();
  const risen = takeOut(state, [...delivered]);
  for (const { record } of risen) {
    state.counts.delivered += record.actions;
    state.letterFiles.remove(record.ordinal);
  }
  return new Set(risen.map(({ record }) => record.ordinal));
}

/** Nothing of any letter stays. The ledger hears of the session once more, since all its figures change. */
export function forgetLetters(state: SessionState): void {
  const { deadLetters, replayed, letterFiles } = state;
  for (const { record } of deadLetters) letterFiles.remove(record.ordinal);
  for (const ordinal of replayed.keys()) letterFiles.remove(ordinal);
  if (state.counts.accepted > 0) lettersChanged(state);
}

export function selectLetters(
  { project, deadLetters }: SessionState,
  { project: asked, reason, ordinals }: LetterSelection,
): DeadLetter[] {
  if (asked !== project) return [];
  const named = ordinals && new Set(ordinals);
  return deadLetters.filter(
    (letter) =>
      (reason === undefined || letter.reason === reason) &&
      (named === undefined || named.has(letter.record.ordinal)),
  );
}

/** Letters that are due to be dropped, by ordinal. */
export function expiredLetters({ deadLetters, t }: SessionState, keepMs: number): number[] {
  return deadLetters.filter(({ at }) => at + keepMs <= t).map(({ record }) => record.ordinal);
}

/** When the first letter is due to be dropped, epoch ms. */
export function lettersExpireAt({ deadLetters }: SessionState, keepMs: number): number | undefined {
  const [oldest] = deadLetters;
  return oldest === undefined ? undefined : oldest.at + keepMs;
}

function storyOf({ at, reason, message, story }: DeadLetter): LetterStory {
  const { deaths = 0, earlier = [] } = story ?? {};
  const all = [...earlier, { at, reason, message }];
  return { deaths: deaths + 1, earlier: all.slice(-MAX_EARLIER_DEATHS) };
}

function takeOut(state: SessionState, ordinals: readonly number[]): DeadLetter[] {
  const named = new Set(ordinals);
  const taken = state.deadLetters.filter(({ record }) => named.has(record.ordinal));
  if (taken.length === 0) return taken;
  state.deadLetters = state.deadLetters.filter(({ record }) => !named.has(record.ordinal));
  for (const { record } of taken) {
    state.deadSize -= record.size;
    state.counts.dead -= record.actions;
  }
  lettersChanged(state);
  return taken;
}

/** An action or span of which a hook kept nothing. Where nothing is delivered that would tell the ledger, it is told. */
export function dropUnstored(state: SessionState, reason: string): void {
  addDropped(state, reason, 1);
  if (isDrained(state)) lettersChanged(state);
}

/** The ledger is to be told. */
export function lettersChanged(state: SessionState): void {
  state.books = bookChange(state);
}

/** Langfuse's words are the request itself, sent back: payload, which no log may have. */
export function isEcho(words: string, recordId: string): boolean {
  return words.includes(recordId) || /"(?:resourceSpans|batch)"/.test(words);
}
