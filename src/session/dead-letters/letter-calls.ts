// Calls about a session's dead letters: looked at, replayed, dropped. No I/O, no clock; a letter's record is
// read by whoever has the storage.
import type {
  LetterChange,
  LetterRequest,
  LetterSelection,
  WholeLetter,
} from "../../protocol/books/dead-letter-calls.ts";
import type { SourceReport } from "../../protocol/books/ledger-calls.ts";
import type { SealedRecord } from "../../protocol/record.ts";
import { MAX_REPLAY_SIZE } from "../bounds.ts";
import { advance } from "../deadlines/advance.ts";
import { applyEntry, type Entry, type Transition } from "../journal/entries.ts";
import type { SessionState } from "../state.ts";
import { letterRefs } from "./books.ts";
import { cutRecord } from "./cut-record.ts";
import type { LetterFile } from "./letter-files.ts";
import { expiredLetters, selectLetters } from "./letters.ts";

export type ReadLetter = (ordinal: number) => LetterFile | undefined;

/** An operator gave them up. */
const DELETED = "deleted";
const EXPIRED = "expired";
/** Its record is not in storage, which must not happen; it is counted, and can't be sent. */
const UNREADABLE = "unreadable";

export function showLetters(
  state: SessionState,
  { maxLength = Number.POSITIVE_INFINITY, ...selection }: LetterRequest,
  keepMs: number,
  read: ReadLetter,
): WholeLetter[] {
  const meant = new Set(selectLetters(state, selection).map(({ record }) => record.ordinal));
  return letterRefs(state).flatMap((ref) => {
    const file = meant.has(ref.ordinal) ? read(ref.ordinal) : undefined;
    if (file === undefined) return [];
    const { record, cut } = cutRecord(file.record, maxLength);
    const earlier = file.story?.earlier ?? [];
    return { ...ref, record, ...(cut && { cut }), earlier, expiresAt: ref.at + keepMs };
  });
}

/** Puts letters back into the outbox: as many as one call may, and at least one. */
export function replayLetters(
  state: SessionState,
  selection: LetterSelection,
  read: ReadLetter,
  now: number,
): Transition<LetterChange> {
  advance(state, now);
  const letters = selectLetters(state, selection);
  const records: SealedRecord[] = [];
  const lost: number[] = [];
  let size = 0;
  for (const { record } of letters) {
    if (records.length > 0 && size + record.size > MAX_REPLAY_SIZE) break;
    const file = read(record.ordinal);
    if (file === undefined) lost.push(record.ordinal);
    else {
      records.push(file.record);
      size += record.size;
    }
  }
  const entries: Entry[] = [];
  if (records.length > 0) entries.push({ k: "replay", t: now, records });
  if (lost.length > 0) entries.push({ k: "drop", t: now, ordinals: lost, reason: UNREADABLE });
  for (const entry of entries) applyEntry(state, entry);
  const ordinals = records.map(({ ordinal }) => ordinal);
  return { answer: { ordinals, left: letters.length - records.length - lost.length }, entries };
}

/** Gives letters up, as an operator asks. */
export function dropSelected(
  state: SessionState,
  selection: LetterSelection,
  now: number,
): Transition<LetterChange> {
  advance(state, now);
  const ordinals = selectLetters(state, selection).map(({ record }) => record.ordinal);
  return { answer: { ordinals, left: 0 }, entries: dropEntries(state, ordinals, DELETED, now) };
}

/** Gives up letters that were kept for long enough. */
export function dropExpired(
  state: SessionState,
  keepMs: number,
  now: number,
): Transition<LetterChange> {
  advance(state, now);
  const ordinals = expiredLetters(state, keepMs);
  return { answer: { ordinals, left: 0 }, entries: dropEntries(state, ordinals, EXPIRED, now) };
}

/** The ledger knows of so many changes, and has this report. */
export function announced(
  state: SessionState,
  letters: number,
  { at, figures }: SourceReport,
  now: number,
): Transition<object> {
  advance(state, now);
  const entry: Entry = { k: "announced", t: now, letters, told: { at, figures } };
  applyEntry(state, entry);
  return { answer: {}, entries: [entry] };
}

function dropEntries(
  state: SessionState,
  ordinals: number[],
  reason: string,
  now: number,
): Entry[] {
  if (ordinals.length === 0) return [];
  const entry: Entry = { k: "drop", t: now, ordinals, reason };
  applyEntry(state, entry);
  return [entry];
}
