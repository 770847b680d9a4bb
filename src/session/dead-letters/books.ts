// The books of a session: all that it has counted, as it reports it to the project's ledger. No I/O, no clock.
// Reports are cumulative: one that is lost is made good by the next, and one that is repeated adds nothing.
import type { DeadLetterRef, SourceReport } from "../../protocol/books/ledger-calls.ts";
import type { Figures } from "../../protocol/books/figures.ts";
import { isDrained, type SessionState } from "../state.ts";

/** Open observations that are counted one by one: what a report costs must not grow with the session. */
const MAX_COUNTED = 1_000;

/**
 * The report of now; undefined for a session that has never had anything.
 * @param before the figures of the report before this one
 */
export function reportOf(state: SessionState, before = state.books.told): SourceReport | undefined {
  const { books, t } = state;
  if (books.born === 0) return undefined;
  const figures = figuresOf(state, heldActions(state));
  return { born: books.born, at: t, figures, ...(before && { before }) };
}

/** Remembers that the figures of now are reported with what happens. */
export function noteReport(state: SessionState): void {
  state.books = { ...state.books, told: figuresOf(state, unsettledActions(state)) };
}

export function noteAnnounced(state: SessionState, letters: number): void {
  noteReport(state);
  state.books = { ...state.books, announced: letters };
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
