// How a turn came out: pure, from what the stream said, what the page did, and the error if there is one.
// What the stream said of itself wins: a complete answer is complete, however its reading ended.
import type { Answered } from "../stream/answered.ts";
import type { Level } from "../../protocol/change.ts";

/**
 * `completed`: the whole answer was there. `stopped`: the user or the app wanted no more. `abandoned`:
 * the page was closed, or stopped reading. `failed`: an error of the network, of HTTP or of the stream.
 */
export type Outcome = "completed" | "stopped" | "abandoned" | "failed";

export interface Ending {
  outcome: Outcome;
  level?: Level;
  statusMessage?: string;
  stack?: string | undefined;
}

/** `cause`: what ended the reading. `error`: thrown by whatever failed, of any kind. */
export function endingOf(said: Partial<Answered>, cause: Outcome, error?: unknown): Ending {
  const { error: told, finished, stopped } = said;
  if (told) return { outcome: "failed", level: "ERROR", statusMessage: told };
  const { name, message = String(error), stack } = Object(error) as Partial<Error>;
  if (stopped || (!finished && (cause === "stopped" || name === "AbortError"))) {
    return { outcome: "stopped", statusMessage: "stopped before the answer was complete" };
  }
  if (finished || cause === "completed") return { outcome: "completed" };
  const ending = { outcome: cause, statusMessage: message };
  return cause === "failed"
    ? { ...ending, level: "ERROR", stack }
    : { ...ending, level: "WARNING" };
}
