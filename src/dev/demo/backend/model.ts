// A language model's behaviour without one: it thinks, calls its tool where the question needs that, then says
// one word after the other, and can be told to fail. It stops when the signal says so.
import { setTimeout as pause } from "node:timers/promises";
import { answerTo, needsTool } from "./assistant.ts";
import type { ChatRequest } from "./chat-request.ts";

export interface Pace {
  /** Before the first word, and for the tool, ms. */
  thinkMs: number;
  /** For a word of middling length, ms. */
  wordMs: number;
}

/** The answer of a model: words, and the call of its tool with what that said. */
export type Step = { word: string } | { calls: true } | { result: { time: string } };

/** Begins an answer; rejects where the model fails before it says anything. */
export async function askModel(
  { question, assistant_name, fails, tone }: ChatRequest,
  { thinkMs, wordMs }: Pace,
  signal: AbortSignal,
): Promise<AsyncIterable<Step>> {
  await pause(thinkMs / 4, undefined, { signal });
  if (fails === "at_once") throw new Error("the simulated model is overloaded");
  return say();

  async function* say(): AsyncGenerator<Step> {
    await pause((3 * thinkMs) / 4, undefined, { signal });
    let time: string | undefined;
    if (needsTool(question)) {
      yield { calls: true };
      await pause(thinkMs, undefined, { signal });
      time = new Date().toISOString();
      yield { result: { time } };
    }
    const words = answerTo(question, assistant_name, { tone, time });
    for (const [index, word] of words.entries()) {
      if (fails === "midway" && index === words.length >> 1) {
        throw new Error("the simulated model broke off");
      }
      yield { word };
      // Long words take longer: uneven as a model's own, and the same each time.
      await pause(wordMs * (0.4 + word.length / 10), undefined, { signal });
    }
  }
}
