import {
  convertToModelMessages,
  pipeUIMessageStreamToResponse,
  simulateReadableStream,
  streamText,
  toUIMessageStream,
  type UIMessage,
} from "ai";
import { MockLanguageModelV4 } from "ai/test";
import type { Reply } from "./chat-backend.ts";

const MODEL = "claude-sonnet";

/** A backend by the AI SDK's own server half, as its users write it; only the model is made up. */
export const aiSdkAnswer =
  (words: readonly string[]): Reply =>
  async (body, response) => {
    const { messages } = JSON.parse(body) as { messages: UIMessage[] };
    const tokens = { noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
    const model = new MockLanguageModelV4({
      modelId: MODEL,
      doStream: {
        stream: simulateReadableStream({
          chunkDelayInMs: 5,
          chunks: [
            { type: "stream-start", warnings: [] },
            { type: "text-start", id: "1" },
            ...words.map((delta) => ({ type: "text-delta" as const, id: "1", delta })),
            { type: "text-end", id: "1" },
            {
              type: "finish",
              finishReason: { unified: "stop", raw: "stop" },
              usage: {
                inputTokens: { total: 9, ...tokens },
                outputTokens: { total: words.length, text: undefined, reasoning: undefined },
              },
            },
          ],
        }),
      },
    });
    const { stream } = streamText({ model, messages: await convertToModelMessages(messages) });
    await pipeUIMessageStreamToResponse({
      response,
      stream: toUIMessageStream({
        stream,
        messageMetadata: ({ part }) =>
          part.type === "finish" ? { model: MODEL, usage: part.totalUsage } : undefined,
      }),
    });
  };
