// The refusal of a session that holds as much as a cold start can load, and its line in the log. It empties as
// Langfuse takes what it holds.
import { logEvent } from "../log.ts";
import type { AppendAnswer, AppendRequest } from "../protocol/session/append-calls.ts";
import { countsOf, refuseFull } from "./append.ts";
import type { Transition } from "./journal/entries.ts";
import type { JournalStore } from "./journal/journal-store.ts";
import { FULL } from "./quota/overflow.ts";
import type { SessionState } from "./state.ts";

/** The log hears of it once in this time, however often the session is written to. */
const TELL_EVERY_MS = 60_000;

export class SessionFull {
  readonly #object: string;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(object: string) {
    this.#object = object;
  }

  /** Refuses all that the request brings; undefined where there is room for it, or it brings nothing. */
  refuse(
    state: SessionState,
    request: AppendRequest,
    journal: Pick<JournalStore, "isFull" | "length">,
    now: number,
  ): Transition<AppendAnswer> | undefined {
    const { length: count } = request.spans?.items ?? request.actions;
    if (count === 0 || !journal.isFull(state)) return undefined;
    const counts = countsOf(state);
    if (now - this.#toldAt >= TELL_EVERY_MS) {
      this.#toldAt = now;
      const held = { length: journal.length, ...counts };
      logEvent("warn", "session_full", { object: this.#object, ...held });
    }
    const results = Array.from({ length: count }, () => FULL);
    return refuseFull(state, request, { results, ...counts }, now);
  }
}
