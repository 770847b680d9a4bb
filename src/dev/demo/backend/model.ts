// A language model's behaviour without one: it thinks, then says one word after the other, and can be
// told to fail. It stops when the signal says so.
import { setTimeout as pause } from "node:timers/promises";
import { answerTo } from "./assistant.ts";
import type { ChatRequest } from "./chat-request.ts";

export interface Pace {
  /** Before the first word, ms. */
  thinkMs: number;
  /** For a word of middling length, ms. */
  wordMs: number;
}

/** Begins an answer; rejects where the model fails before it says anything. */
export async function askModel(
  { question, assistant_name, fails }: ChatRequest,
  { thinkMs, wordMs }: Pace,
  signal: AbortSignal,
): Promise<AsyncIterable<string>> {
  await pause(thinkMs / 4, undefined, { signal });
  if (fails === "at_once") throw new Error("the simulated model is overloaded");
  return say(answerTo(question, assistant_name));

  async function* say(words: readonly string[]): AsyncGenerator<string> {
    await pause((3 * thinkMs) / 4, undefined, { signal });
    for (const [index, word] of words.entries()) {
      if (fails === "midway" && index === words.length >> 1) {
        throw new Error("the simulated model broke off");
      }
      yield word;
      // Long words take longer: uneven as a model's own, and the same each time.
      await pause(wordMs * (0.4 + word.length / 10), undefined, { signal });
    }
  }
}
