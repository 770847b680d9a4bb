// The AI SDK 6: usage with details of each side, and that of its providers' models, where each side is
// an object with its total.
import { DONE, event, EVENTS, type Recording } from "./recording.ts";

const CACHED = {
  input: 20,
  input_cached_tokens: 80,
  input_cache_creation: 0,
  output: 30,
  output_reasoning_tokens: 20,
  total: 150,
};
const withUsage = (name: string, usage: unknown, told: Recording["usage"]): Recording => ({
  name,
  contentType: EVENTS,
  chunks: [
    event({ type: "start" }),
    event({ type: "text-start", id: "0" }),
    event({ type: "text-delta", id: "0", delta: "Yes" }),
    event({ type: "text-end", id: "0" }),
    event({ type: "finish", finishReason: "stop", messageMetadata: { model: "m", usage } }),
    DONE,
  ],
  text: "Yes",
  model: "m",
  usage: told!,
  finished: true,
  finishReason: "stop",
  begins: 2,
});

export const AI_SDK_6: Recording[] = [
  withUsage(
    "usage with details",
    {
      inputTokens: 100,
      inputTokenDetails: { noCacheTokens: 20, cacheReadTokens: 80, cacheWriteTokens: 0 },
      outputTokens: 50,
      outputTokenDetails: { textTokens: 30, reasoningTokens: 20 },
      totalTokens: 150,
      reasoningTokens: 20,
      cachedInputTokens: 80,
      raw: { input_tokens: 100, output_tokens: 50, total_tokens: 150 },
    },
    CACHED,
  ),
  withUsage(
    "usage of a provider's model",
    {
      inputTokens: { total: 100, noCache: 20, cacheRead: 80, cacheWrite: 0 },
      outputTokens: { total: 50, text: 30, reasoning: 20 },
      raw: { prompt_tokens: 100 },
    },
    CACHED,
  ),
  withUsage(
    "what is written to the cache is part of the input too",
    {
      inputTokens: 100,
      inputTokenDetails: { noCacheTokens: 20, cacheReadTokens: 50, cacheWriteTokens: 30 },
      outputTokens: 50,
      outputTokenDetails: {},
      totalTokens: 150,
    },
    { input: 20, input_cached_tokens: 50, input_cache_creation: 30, output: 50, total: 150 },
  ),
  {
    name: "the parts of the text stream, as a backend passes them on",
    contentType: EVENTS,
    chunks: [
      event({ type: "start" }),
      event({ type: "start-step", request: {}, warnings: [] }),
      event({ type: "reasoning-delta", id: "r", text: "hm" }),
      event({ type: "text-delta", id: "0", text: "Yes" }),
      event({ type: "tool-call", toolCallId: "t", toolName: "w", input: {} }),
      event({ type: "tool-error", toolCallId: "t", toolName: "w", error: "no" }),
      event({ type: "response-metadata", modelId: "m" }),
      event({
        type: "finish",
        finishReason: { unified: "stop", raw: "end_turn" },
        totalUsage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
      }),
    ],
    text: "Yes",
    reasoning: "hm",
    tools: [{ id: "t", name: "w", input: {}, error: "no" }],
    model: "m",
    usage: { input: 3, output: 4, total: 7 },
    finished: true,
    finishReason: "stop",
    begins: 2,
  },
];
