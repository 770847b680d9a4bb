// The refusal of a session that holds as much as a cold start can load, and its line in the log. It empties as
// Langfuse takes what it holds.
import { logEvent } from "../log.ts";
import type { AppendAnswer } from "../protocol/session-calls.ts";
import { FULL } from "./quota/overflow.ts";

/** The log hears of it once in this time, however often the session is written to. */
const TELL_EVERY_MS = 60_000;
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
