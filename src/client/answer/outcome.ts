// How a turn came out: pure, from what the stream said, what the page did, and the error if there is one.
// What the stream said of itself wins: a complete answer is complete, however its reading ended.
import type { Answered } from "../stream/answered.ts";
import type { Level } from "../../protocol/change.ts";

/**
 * `completed`: the whole answer was there. `stopped`: the user or the app wanted no more. `abandoned`:
 * the page was closed, or stopped reading. `failed`: an error of the network, of HTTP or of the stream.
 * `cut`: the limit of tokens was reached. `filtered`: a filter took the rest. `refused`: the model would not.
 */
export type Outcome =
  | "completed"
  | "stopped"
  | "abandoned"
  | "failed"
  | "cut"
  | "filtered"
  | "refused";

/** Why the reading of an answer ended. */
export type Cause = Exclude<Outcome, "cut" | "filtered" | "refused">;

export interface Ending {
  outcome: Outcome;
  level?: Level;
  statusMessage?: string;
  stack?: string | undefined;
}

/** The providers' words for an end that is none of the answer's own; the first that matches counts. */
const REASONS: [Outcome, RegExp][] = [
  ["cut", /length|max.{0,30}tokens|context_window/i],
  ["filtered", /filter|safety|blocklist|prohibited|recitation|spii|guardrail|sensitive/i],
  ["refused", /refusal/],
  ["failed", /^error|interrupted|malformed|unexpected_tool|system_resource/i],
];
/** Errors by which a filter speaks: Azure's, OpenAI's, Anthropic's. */
const FILTERED = /content.filter|was filtered|safety system/i;

/** `cause`: what ended the reading. `error`: thrown by whatever failed, of any kind. */
export function endingOf(said: Partial<Answered>, cause: Cause, error?: unknown): Ending {
  const { error: told, finished, finishReason: reason = "", stopped, refused } = said;
  const { name, message = String(error), stack } = Object(error) as Partial<Error>;
  const failed = told ?? (cause === "failed" ? message : "");
  if (FILTERED.test(failed))
    return { outcome: "filtered", level: "WARNING", statusMessage: failed };
  if (told) return { outcome: "failed", level: "ERROR", statusMessage: told };
  if (stopped || (!finished && (cause === "stopped" || name === "AbortError"))) {
    return { outcome: "stopped", statusMessage: "stopped before the answer was complete" };
  }
  if (finished || cause === "completed") {
    const [outcome] =
      REASONS.find(([, words]) => words.test(reason)) ?? (refused ? (["refused"] as const) : []);
    if (!outcome) return { outcome: "completed" };
    const level = outcome === "failed" ? "ERROR" : "WARNING";
    return { outcome, level, statusMessage: reason || outcome };
  }
  const ending = { outcome: cause, statusMessage: message };
  return cause === "failed"
    ? { ...ending, level: "ERROR", stack }
    : { ...ending, level: "WARNING" };
}
