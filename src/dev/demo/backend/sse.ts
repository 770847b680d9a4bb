// The answer on the wire: server-sent events in the language of the AI SDK's UI messages, which chat pages
// and the browser library read: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
import { MODEL, TOOL } from "./assistant.ts";

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
}

export const HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  "x-vercel-ai-ui-message-stream": "v1",
};

const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
/** An answer has one text and at most one call of a tool. */
const TEXT = { id: "text" };
const CALL = { toolCallId: "call-1" };

export const beginEvents = (): string => event({ type: "start" }) + event({ type: "start-step" });

export const textEvent = (): string => event({ type: "text-start", ...TEXT });
export const wordEvent = (delta: string): string => event({ type: "text-delta", ...TEXT, delta });

export const callEvents = (): string =>
  event({ type: "tool-input-start", ...CALL, toolName: TOOL.name }) +
  event({ type: "tool-input-available", ...CALL, toolName: TOOL.name, input: TOOL.input });

export const resultEvent = (output: object): string =>
  event({ type: "tool-output-available", ...CALL, output });

export const endEvents = (usage: Usage): string =>
  event({ type: "text-end", ...TEXT }) +
  event({ type: "finish-step" }) +
  event({ type: "finish", finishReason: "stop", messageMetadata: { model: MODEL, usage } }) +
  "data: [DONE]\n\n";

export const errorEvent = (errorText: string): string => event({ type: "error", errorText });
