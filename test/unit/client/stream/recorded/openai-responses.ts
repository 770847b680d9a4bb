// https://platform.openai.com/docs/api-reference/responses-streaming (openai 7.57, `ResponseStreamEvent`)
import { event, EVENTS, named, type Recording } from "./recording.ts";

const told = (type: string, more: object): string => named(type, { type, ...more });
const created = told("response.created", {
  response: {
    id: "r",
    model: "gpt-x",
    status: "in_progress",
    error: null,
    usage: null,
    output: [],
  },
});
const text = (delta: string): string =>
  told("response.output_text.delta", { item_id: "i", output_index: 0, content_index: 0, delta });
const usage = {
  input_tokens: 30,
  input_tokens_details: { cached_tokens: 10 },
  output_tokens: 16,
  output_tokens_details: { reasoning_tokens: 6 },
  total_tokens: 46,
};
const USAGE = {
  input: 20,
  input_cached_tokens: 10,
  output: 10,
  output_reasoning_tokens: 6,
  total: 46,
};
const message = (...content: object[]) => ({
  id: "i",
  type: "message",
  role: "assistant",
  content,
});

export const OPENAI_RESPONSES: Recording[] = [
  {
    name: "reasoning, tools and text",
    contentType: EVENTS,
    chunks: [
      created,
      told("response.output_item.added", {
        output_index: 0,
        item: { type: "reasoning", summary: [] },
      }),
      told("response.reasoning_summary_text.delta", { item_id: "q", delta: "thoughts" }),
      told("response.reasoning_text.delta", { item_id: "q", delta: "more of them" }),
      told("response.output_item.added", {
        item: { type: "function_call", name: "f", arguments: "" },
      }),
      told("response.function_call_arguments.delta", { item_id: "f", delta: '{"text":' }),
      told("response.function_call_arguments.done", { item_id: "f", arguments: '{"text":1}' }),
      told("response.mcp_call.failed", { item_id: "m", error: "no" }),
      told("response.output_item.added", { output_index: 2, item: message() }),
      told("response.content_part.added", { part: { type: "output_text", text: "" } }),
      text("Hel"),
      text("lo"),
      told("response.output_text.done", { item_id: "i", text: "Hello" }),
      told("response.content_part.done", { part: { type: "output_text", text: "Hello" } }),
      told("response.output_item.done", { item: message({ type: "output_text", text: "Hello" }) }),
      told("response.completed", {
        response: {
          id: "r",
          model: "gpt-x-2",
          status: "completed",
          error: null,
          output: [message({ type: "output_text", text: "Hello" })],
          max_output_tokens: 1000,
          usage,
        },
      }),
    ],
    text: "Hello",
    reasoning: "thoughtsmore of them",
    tools: [{ id: "f", name: "f", input: '{"text":1}', open: true }],
    model: "gpt-x-2",
    usage: USAGE,
    finished: true,
    finishReason: "completed",
    begins: 2,
  },
  {
    name: "a refusal",
    contentType: EVENTS,
    chunks: [
      created,
      told("response.refusal.delta", { delta: "I can " }),
      told("response.refusal.delta", { delta: "not." }),
      told("response.refusal.done", { refusal: "I can not." }),
    ],
    text: "I can not.",
    refused: true,
    model: "gpt-x",
    begins: 1,
  },
  {
    name: "speech, by its transcript",
    contentType: EVENTS,
    chunks: [
      created,
      told("response.audio.delta", { delta: "UklGRg==" }),
      told("response.audio.transcript.delta", { delta: "Guten " }),
      told("response.output_audio_transcript.delta", { delta: "Tag." }),
    ],
    text: "Guten Tag.",
    model: "gpt-x",
    begins: 1,
  },
  {
    name: "failed",
    contentType: EVENTS,
    chunks: [
      created,
      text("Hal"),
      told("response.failed", {
        response: {
          id: "r",
          model: "gpt-x",
          status: "failed",
          error: { code: "server_error", message: "server broke" },
          usage: null,
        },
      }),
    ],
    text: "Hal",
    model: "gpt-x",
    error: "server broke",
    begins: 1,
  },
  {
    name: "an error's event",
    contentType: EVENTS,
    chunks: [
      created,
      text("Hal"),
      event({
        type: "error",
        code: "insufficient_quota",
        message: "quota is used up",
        param: null,
      }),
    ],
    text: "Hal",
    model: "gpt-x",
    error: "quota is used up",
    begins: 1,
  },
  {
    name: "incomplete",
    contentType: EVENTS,
    chunks: [
      created,
      text("Hal"),
      told("response.incomplete", {
        response: {
          id: "r",
          model: "gpt-x",
          status: "incomplete",
          incomplete_details: { reason: "max_output_tokens" },
          usage,
        },
      }),
    ],
    text: "Hal",
    model: "gpt-x",
    usage: USAGE,
    finished: true,
    finishReason: "max_output_tokens",
    begins: 1,
  },
  {
    name: "two responses in one stream",
    contentType: EVENTS,
    chunks: [
      created,
      told("response.function_call_arguments.delta", { delta: "{}" }),
      told("response.completed", { response: { id: "r", status: "completed", output: [], usage } }),
      told("response.created", { response: { id: "s", model: "gpt-x", status: "in_progress" } }),
      text("Hi"),
      told("response.completed", { response: { id: "s", status: "completed", usage } }),
    ],
    text: "Hi",
    model: "gpt-x",
    usage: {
      input: 40,
      input_cached_tokens: 20,
      output: 20,
      output_reasoning_tokens: 12,
      total: 92,
    },
    finished: true,
    finishReason: "completed",
    begins: 1,
  },
  {
    name: "text that only the end tells",
    contentType: EVENTS,
    chunks: [
      created,
      told("response.completed", {
        response: {
          id: "r",
          model: "gpt-x",
          status: "completed",
          output: [
            { type: "reasoning", content: [{ type: "reasoning_text", text: "hm" }] },
            message({ type: "output_text", text: "Late." }),
          ],
          usage,
        },
      }),
    ],
    text: "Late.",
    reasoning: "hm",
    model: "gpt-x",
    usage: USAGE,
    finished: true,
    finishReason: "completed",
    begins: 1,
  },
  {
    name: "a whole answer with reasoning",
    contentType: "application/json",
    chunks: [
      JSON.stringify({
        id: "r",
        model: "gpt-oss",
        output: [
          {
            type: "reasoning",
            summary: [],
            content: [{ type: "reasoning_text", text: "2 and 2" }],
          },
          { type: "message", content: [{ type: "output_text", text: "Four." }] },
        ],
        usage: { input_tokens: 3, output_tokens: 5, total_tokens: 8 },
      }),
    ],
    text: "Four.",
    reasoning: "2 and 2",
    model: "gpt-oss",
    usage: { input: 3, output: 5, total: 8 },
    begins: 0,
  },
  {
    name: "a whole refusal, incomplete",
    contentType: "application/json",
    chunks: [
      JSON.stringify({
        id: "r",
        object: "response",
        status: "incomplete",
        incomplete_details: { reason: "content_filter" },
        error: null,
        model: "gpt-x",
        output: [message({ type: "refusal", refusal: "No." })],
      }),
    ],
    text: "No.",
    refused: true,
    model: "gpt-x",
    finished: true,
    finishReason: "content_filter",
    begins: 0,
  },
  {
    name: "cancelled",
    contentType: "application/json",
    chunks: ['{"id":"r","object":"response","status":"cancelled","model":"gpt-x","output":[]}'],
    text: "",
    model: "gpt-x",
    stopped: true,
    begins: undefined,
  },
];
