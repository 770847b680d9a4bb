// https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol of version 5: UI messages as events.
import { DONE, event, EVENTS, type Recording } from "./recording.ts";

const said = (...words: string[]): string[] => [
  event({ type: "text-start", id: "0" }),
  ...words.map((delta) => event({ type: "text-delta", id: "0", delta })),
  event({ type: "text-end", id: "0" }),
];
const CACHED = {
  input: 20,
  input_cached_tokens: 80,
  output: 30,
  output_reasoning_tokens: 20,
  total: 150,
};
const usage = {
  inputTokens: 100,
  outputTokens: 50,
  totalTokens: 150,
  reasoningTokens: 20,
  cachedInputTokens: 80,
};
const { totalTokens: _, ...withoutTotal } = usage;

const withUsage = (
  name: string,
  messageMetadata: unknown,
  told: Recording["usage"],
): Recording => ({
  name,
  contentType: EVENTS,
  chunks: [
    event({ type: "start" }),
    ...said("Yes"),
    event({ type: "finish", messageMetadata }),
    DONE,
  ],
  text: "Yes",
  model: "m",
  usage: told!,
  finished: true,
  begins: 2,
});

export const AI_SDK_5: Recording[] = [
  withUsage("what is cached and reasoned is part of the rest", { model: "m", usage }, CACHED),
  withUsage("the same without a total", { model: "m", usage: withoutTotal }, CACHED),
  withUsage("usage of all steps", { model: "m", totalUsage: usage }, CACHED),
  withUsage("a total alone", { model: "m", totalTokens: 150 }, { total: 150 }),
  withUsage(
    "over Anthropic, whose input is without what is cached",
    {
      model: "m",
      usage: { inputTokens: 3, outputTokens: 40, totalTokens: 43, cachedInputTokens: 900 },
    },
    { input: 3, input_cached_tokens: 900, output: 40 },
  ),
  {
    name: "a tool that fails does not fail the turn",
    contentType: EVENTS,
    chunks: [
      event({ type: "start", messageId: "m1" }),
      event({ type: "start-step" }),
      event({ type: "tool-input-start", toolCallId: "t", toolName: "weather" }),
      event({ type: "tool-input-delta", toolCallId: "t", inputTextDelta: '{"city":"X"}' }),
      event({
        type: "tool-input-available",
        toolCallId: "t",
        toolName: "weather",
        input: { city: "X" },
      }),
      event({ type: "tool-output-error", toolCallId: "t", errorText: "city not found" }),
      event({ type: "finish-step" }),
      event({ type: "start-step" }),
      ...said("Sorry, ", "no weather."),
      event({ type: "finish-step" }),
      event({ type: "finish", finishReason: "stop" }),
      DONE,
    ],
    text: "Sorry, no weather.",
    messageId: "m1",
    finished: true,
    finishReason: "stop",
    begins: 2,
  },
  {
    name: "a tool whose input is wrong, and one that tells of an error",
    contentType: EVENTS,
    chunks: [
      event({ type: "start" }),
      event({ type: "tool-input-error", toolCallId: "t", toolName: "w", errorText: "no city" }),
      event({
        type: "tool-output-available",
        toolCallId: "u",
        output: { error: "none", model: "x" },
      }),
      ...said("So."),
      event({ type: "finish" }),
    ],
    text: "So.",
    finished: true,
    begins: 1,
  },
  {
    name: "an error",
    contentType: EVENTS,
    chunks: [
      event({ type: "start" }),
      ...said("Half"),
      event({ type: "error", errorText: "overloaded" }),
      DONE,
    ],
    text: "Half",
    error: "overloaded",
    finished: true,
    begins: 2,
  },
  {
    name: "an abort",
    contentType: EVENTS,
    chunks: [
      event({ type: "start" }),
      ...said("Half an ans"),
      event({ type: "abort", reason: "user stopped" }),
      DONE,
    ],
    text: "Half an ans",
    stopped: true,
    finished: true,
    begins: 2,
  },
  {
    name: "reasoning, sources, files and data of the app's own are no text",
    contentType: EVENTS,
    isEventStream: true,
    chunks: [
      event({ type: "start", messageMetadata: { model: "m1" } }),
      event({ type: "data-status", data: { text: "searching", error: "none", content: "x" } }),
      event({ type: "start-step" }),
      event({ type: "reasoning-start", id: "r" }),
      event({ type: "reasoning-delta", id: "r", delta: "hm" }),
      event({ type: "reasoning-end", id: "r" }),
      event({ type: "source-url", sourceId: "s", url: "https://example.com", title: "t" }),
      event({ type: "file", url: "data:image/png;base64,AAAA", mediaType: "image/png" }),
      ...said("O", "k"),
      event({ type: "finish-step" }),
      event({ type: "finish", messageMetadata: { usage: { inputTokens: 3, outputTokens: 4 } } }),
      DONE,
    ],
    text: "Ok",
    model: "m1",
    usage: { input: 3, output: 4 },
    finished: true,
    begins: 4,
  },
  {
    name: "usage of each step adds up, and the total is no third step",
    contentType: EVENTS,
    chunks: [
      event({ type: "start" }),
      event({ type: "start-step" }),
      event({ type: "tool-input-available", toolCallId: "t", toolName: "w", input: {} }),
      event({
        type: "message-metadata",
        messageMetadata: { usage: { inputTokens: 10, outputTokens: 4, totalTokens: 14 } },
      }),
      event({ type: "finish-step" }),
      event({ type: "start-step" }),
      ...said("Hi"),
      event({
        type: "message-metadata",
        messageMetadata: { usage: { inputTokens: 20, outputTokens: 5, totalTokens: 25 } },
      }),
      event({ type: "finish-step" }),
      event({
        type: "finish",
        messageMetadata: { totalUsage: { inputTokens: 30, outputTokens: 9, totalTokens: 39 } },
      }),
    ],
    text: "Hi",
    usage: { input: 30, output: 9, total: 39 },
    finished: true,
    begins: 2,
  },
  {
    name: "usage of each step adds up without a total",
    contentType: EVENTS,
    chunks: [
      event({ type: "start-step" }),
      event({
        type: "message-metadata",
        messageMetadata: { usage: { inputTokens: 10, outputTokens: 4 } },
      }),
      event({ type: "finish-step" }),
      event({ type: "start-step" }),
      ...said("Hi"),
      event({
        type: "message-metadata",
        messageMetadata: { usage: { inputTokens: 20, outputTokens: 5 } },
      }),
      event({ type: "finish", messageMetadata: { usage: { inputTokens: 20, outputTokens: 5 } } }),
    ],
    text: "Hi",
    usage: { input: 30, output: 9 },
    finished: true,
    begins: 5,
  },
];
