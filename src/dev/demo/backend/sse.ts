// The answer on the wire: server-sent events in the shape of OpenAI's chat completions, which the
// browser library reads.
import { MODEL } from "./assistant.ts";

export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
}

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

export const wordEvent = (content: string): string =>
  event({ model: MODEL, choices: [{ index: 0, delta: { content } }] });

export const usageEvent = (usage: Usage): string => event({ model: MODEL, choices: [], usage });

export const errorEvent = (message: string): string => event({ error: { message } });

export const DONE_EVENT = "data: [DONE]\n\n";
