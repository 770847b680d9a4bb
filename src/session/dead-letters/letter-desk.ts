// A session object's dealings with its dead letters, put together: calls about them, their expiry, the lines
// that they are logged with, and the ledger that is to know of them. The shell beside it keeps each step.
import type {
  LetterChange,
  LetterRequest,
  LetterSelection,
  WholeLetter,
} from "../../protocol/books/dead-letter-calls.ts";
import { logEvent } from "../../log.ts";
import { ANNOUNCE_BEFORE_END_MS, SILENT_REPORT_MS } from "../bounds.ts";
import { overAt } from "../deadlines/alarm-time.ts";
import type { Transition } from "../journal/entries.ts";
import { isDrained } from "../state.ts";
import { Announcer, type AnnouncerDeps } from "./announcer.ts";
import { isAllTold, needsAnnouncement } from "./books.ts";
import {
  announced,
  dropExpired,
  dropSelected,
  type ReadLetter,
  replayLetters,
  showLetters,
} from "./letter-calls.ts";
import { type DeadLetter, isEcho } from "./letters.ts";

/** Dead letters of one settlement that get a line each; beyond that a look at the list says more. */
const MAX_LINES = 20;

/** The ledger is told once of what hooks drop in this time. */
const GATHER_MS = 10_000;

export interface LetterDeskDeps extends Omit<AnnouncerDeps, "announced"> {
  /** Takes a step and keeps it. */
  commit: <Answer extends object>(step: (now: number) => Transition<Answer>) => Answer;
  read: ReadLetter;
  keepLettersMs: number;
  waitUntil: (work: Promise<void>) => void;
}

export class LetterDesk {
  readonly #deps: LetterDeskDeps;
  readonly #announcer: Announcer;

  constructor(deps: LetterDeskDeps) {
    this.#deps = deps;
    const { commit, state } = deps;
    this.#announcer = new Announcer({
      ...deps,
      announced: (letters, report) =>
        void commit((now) => announced(state(), letters, report, now)),
    });
  }

  /** The index may not know of them: whoever looks at the whole object brings it up to date. */
  show(request: LetterRequest): WholeLetter[] {
    const { state, keepLettersMs, read } = this.#deps;
    if (request.ordinals === undefined && state().deadLetters.length > 0) {
      this.#goesOn(this.#announcer.announceAgain());
    } else this.keepAnnouncing();
    return showLetters(state(), request, keepLettersMs, read);
  }

  replay(selection: LetterSelection): LetterChange {
    const { commit, state, read } = this.#deps;
    const answer = commit((now) => replayLetters(state(), selection, read, now));
    this.announceNow();
    return answer;
  }

  drop(selection: LetterSelection): LetterChange {
    const { commit, state } = this.#deps;
    const answer = commit((now) => dropSelected(state(), selection, now));
    this.announceNow();
    return answer;
  }

  /** Before a step that may need to tell the ledger: more of its kind will come within the time. */
  announceLater(now: number): void {
    this.#deps.memory.announceFrom ??= now + GATHER_MS;
  }

  announceNow(): void {
    this.#goesOn(this.#announcer.announceNow());
  }

  dropExpired(): void {
    const { commit, state, keepLettersMs, object } = this.#deps;
    if (state().deadLetters.length === 0) return;
    const { ordinals } = commit((now) => dropExpired(state(), keepLettersMs, now));
    if (ordinals.length === 0) return;
    logEvent("warn", "dead_letters_expired", { object, records: ordinals.length });
  }

  keepAnnouncing(): void {
    this.#goesOn(this.#announcer.announce());
  }

  /** A session that waits, and that no consumer comes for, is pending in the books all the same. */
  reportSilence(now: number): void {
    const { state, waitUntil } = this.#deps;
    if (isDrained(state()) || now - state().lastEntry < SILENT_REPORT_MS) return;
    waitUntil(this.#announcer.report(SILENT_REPORT_MS));
  }

  /** No answer waits for the ledger. */
  #goesOn(work: Promise<void> | undefined): void {
    if (work !== undefined) this.#deps.waitUntil(work);
  }

  /** May the object delete itself? The ledger has some time to hear all of it before. */
  isOver(now: number): boolean {
    const { state, keepLettersMs } = this.#deps;
    const over = overAt(state(), keepLettersMs) ?? Number.POSITIVE_INFINITY;
    if (over > now || isAllTold(state()) || needsAnnouncement(state())) return over <= now;
    // A consumer died that had told neither the ledger nor the session all.
    if (over + ANNOUNCE_BEFORE_END_MS <= now) return true;
    this.#goesOn(this.#announcer.announceLast());
    return false;
  }

  /** One line for each letter that was not there before: where it is, why, and Langfuse's words. */
  log(before: readonly DeadLetter[]): void {
    const { state, object } = this.#deps;
    const known = new Set(before);
    const fresh = state().deadLetters.filter((letter) => !known.has(letter));
    for (const { record, reason, message } of fresh.slice(0, MAX_LINES)) {
      const { ordinal, kind } = record;
      const id = `${object}.${ordinal}`;
      const words = isEcho(message, record.id) ? {} : { message };
      logEvent("warn", "dead_letter", { object, id, kind, reason, ...words });
    }
  }
}
