// The server half of `useChat`. The model is simulated, so that no key is needed: put your provider's in
// its place.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  convertToModelMessages,
  pipeUIMessageStreamToResponse,
  simulateReadableStream,
  streamText,
  toUIMessageStream,
  type UIMessage,
} from "ai";
import { MockLanguageModelV4 } from "ai/test";

const { PORT = "3001" } = process.env;
const WORDS = ["A ", "server ", "near ", "the ", "user."];

const model = new MockLanguageModelV4({
  modelId: "simulated",
  doStream: async () => ({
    stream: simulateReadableStream({
      chunkDelayInMs: 50,
      chunks: [
        { type: "stream-start", warnings: [] },
        { type: "text-start", id: "1" },
        ...WORDS.map((delta) => ({ type: "text-delta" as const, id: "1", delta })),
        { type: "text-end", id: "1" },
        {
          type: "finish",
          finishReason: { unified: "stop", raw: "stop" },
          usage: {
            inputTokens: { total: 4, noCache: 4, cacheRead: 0, cacheWrite: 0 },
            outputTokens: { total: WORDS.length, text: WORDS.length, reasoning: 0 },
          },
        },
      ],
    }),
  }),
});

async function chat(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = Buffer.concat(await Array.fromAsync<Buffer>(incoming)).toString();
  const { messages } = JSON.parse(body) as { messages: UIMessage[] };
  const { stream } = streamText({ model, messages: await convertToModelMessages(messages) });
  await pipeUIMessageStreamToResponse({
    response: outgoing,
    stream: toUIMessageStream({
      stream,
      // What the trace's generation shows of model and tokens.
      messageMetadata: ({ part }) =>
        part.type === "finish" ? { model: model.modelId, usage: part.totalUsage } : undefined,
    }),
  });
}

createServer((incoming, outgoing) => {
  if (incoming.method === "POST") chat(incoming, outgoing).catch(() => outgoing.destroy());
  else outgoing.end();
}).listen(Number(PORT), "127.0.0.1");
