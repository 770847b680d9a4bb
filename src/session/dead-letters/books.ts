// The books of a session: all that it has counted, as it reports it to the project's ledger. No I/O, no clock.
// Reports are cumulative: one that is lost is made good by the next, and one that is repeated adds nothing.
import type { DeadLetterRef, SourceReport } from "../../protocol/books/ledger-calls.ts";
import { differenceOf, type Figures, isNone } from "../../protocol/books/figures.ts";
import type { Settlement, ToldReport } from "../../protocol/session/settle-calls.ts";
import { isDrained, type SessionState } from "../state.ts";
import type { Books } from "./books-state.ts";

/** Open observations that are counted one by one: what a report costs must not grow with the session. */
const MAX_COUNTED = 1_000;

/** A report that the object sends by itself is later than all that consumers tell of leases granted until then. */
const OWN_REPORT_MS = 1_000;

/**
 * The report of now; undefined for a session that has never had anything.
 * @param before the figures that the ledger has taken before it
 */
export function reportOf(state: SessionState, before = state.books.told): SourceReport | undefined {
  const { books } = state;
  if (books.born === 0) return undefined;
  const figures = figuresOf(state, heldActions(state));
  return { born: books.born, at: nextAt(state), figures, ...(before && { before }) };
}

/** The same, as the object tells it by itself and notes it. */
export function ownReportOf(state: SessionState): SourceReport | undefined {
  const report = reportOf(state);
  return report && { ...report, at: report.at + OWN_REPORT_MS };
}

/**
 * The same of a session that waits, which notes nothing: not later than what the consumer of a lease that was granted
 * since will tell, or the ledger would take that for old news.
 */
export function waitingReportOf(state: SessionState): SourceReport | undefined {
  const report = reportOf(state);
  return report && { ...report, at: Math.max(state.lastEntry, state.books.toldAt ?? 0) };
}

/** Notes a report that the ledger has taken; of an entry of an earlier version, the figures of now. */
function noteReport(state: SessionState, told: Told | undefined): void {
  const { books } = state;
  if (told === undefined) {
    state.books = { ...books, told: figuresOf(state, unsettledActions(state)) };
  } else if (told.at > (books.toldAt ?? 0)) {
    state.books = { ...books, told: told.figures, toldAt: told.at };
  }
}

/** A report that the ledger has taken. */
export type Told = Pick<ToldReport, "at" | "figures">;

/**
 * Notes, with a settlement, what the ledger has taken by then. Where that is not all, and nobody else may come to tell
 * the rest, the object is to tell it by itself.
 */
export function noteTold(
  state: SessionState,
  { lease, told }: Pick<Settlement, "lease" | "told">,
): void {
  const { books, leases } = state;
  if (told === undefined || (told !== false && told.born === books.born)) noteReport(state, told);
  if (told === undefined) return;
  // Of two leases the later one's consumer may have told of its own records alone.
  if (leases > lease || (isDrained(state) && !isAllTold(state))) state.books = bookChange(state);
}

/** The ledger is to be told. */
export function bookChange({ books, t }: Pick<SessionState, "books" | "t">): Books {
  return { ...books, letters: books.letters + 1, changedAt: t };
}

/** Of a session with nothing left as reports count it: one whose figures do not add up would never be told, each moment. */
export function isAllTold(state: SessionState): boolean {
  const { told = {} } = state.books;
  const pending = isDrained(state) ? 0 : unsettledActions(state);
  return isNone(differenceOf(figuresOf(state, pending), told));
}

/**
 * Notes what the object has told by itself. A settlement that came before the ledger's answer may have told of a lease
 * granted earlier, which the ledger takes for old news: then the object tells once more.
 */
export function noteAnnounced(state: SessionState, letters: number, told?: Told): void {
  noteReport(state, told);
  state.books = { ...state.books, announced: letters };
  if (told === undefined || !isDrained(state)) return;
  // As reports count them: figures that do not add up are told once, not for ever.
  const figures = figuresOf(state, heldActions(state));
  if (!isNone(differenceOf(figures, state.books.told ?? {}))) state.books = bookChange(state);
}

export function needsAnnouncement({ books }: SessionState): boolean {
  return books.letters !== books.announced;
}

export function letterRefs({ deadLetters }: SessionState): DeadLetterRef[] {
  return deadLetters.map(({ record, reason, message, at, story }) => {
    const { ordinal, kind, actions, size } = record;
    return { ordinal, kind, actions, size, reason, message, at, deaths: 1 + (story?.deaths ?? 0) };
  });
}

/** Reports of a session follow each other, whatever its clock does. */
function nextAt({ books, t }: SessionState): number {
  return Math.max(t, (books.toldAt ?? 0) + 1);
}

function figuresOf({ counts }: SessionState, pending: number): Figures {
  const { accepted, delivered, dead, dropped } = counts;
  const all: [string, number][] = [
    ["accepted", accepted],
    ["delivered", delivered],
    ["dead", dead],
    ...Array.from(dropped, ([reason, actions]): [string, number] => [`dropped:${reason}`, actions]),
    ["pending", pending],
  ];
  return Object.fromEntries(all.filter(([, count]) => count !== 0));
}

/** Accepted actions that are neither delivered, dead nor dropped. */
function unsettledActions({ counts }: SessionState): number {
  const { accepted, delivered, dead, dropped } = counts;
  let left = accepted - delivered - dead;
  for (const actions of dropped.values()) left -= actions;
  return left;
}

/** The same, counted where they are, so that a balance can fail; a session with very many of them is believed. */
function heldActions(state: SessionState): number {
  if (isDrained(state)) return 0;
  if (state.assembling > MAX_COUNTED) return unsettledActions(state);
  let held = 0;
  for (const { actions } of state.outbox) held += actions;
  if (state.assembling === 0) return held;
  for (const { drafts, late, scores } of state.openTraces.values()) {
    for (const parts of [drafts, late, scores]) {
      for (const { actions } of parts.values()) held += actions;
    }
  }
  return held;
}
