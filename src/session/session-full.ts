// The refusal of a session that holds as much as a cold start can load, and its line in the log. It empties as
// Langfuse takes what it holds.
import { logEvent } from "../log.ts";
import type { AppendAnswer, AppendResult } from "../protocol/session-calls.ts";

/** The log hears of it once in this time, however often the session is written to. */
const TELL_EVERY_MS = 60_000;
/** A delivery takes about so long. Seconds. */
const RETRY_AFTER = 5;

const FULL: AppendResult = {
  status: "refused",
  code: "session_full",
  message: "the session holds as much as it may until Langfuse has taken some of it",
  retryAfter: RETRY_AFTER,
  elsewhere: true,
};

export class SessionFull {
  readonly #object: string;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(object: string) {
    this.#object = object;
  }

  /** Refuses so many actions. */
  refuse(
    count: number,
    held: { length: number; pending: number; sealed: number },
    now: number,
  ): AppendAnswer {
    if (now - this.#toldAt >= TELL_EVERY_MS) {
      this.#toldAt = now;
      logEvent("warn", "session_full", { object: this.#object, ...held });
    }
    const { pending, sealed } = held;
    return { results: Array.from({ length: count }, () => FULL), pending, sealed };
  }
}
