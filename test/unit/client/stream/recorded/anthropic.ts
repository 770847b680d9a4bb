// https://docs.claude.com/en/docs/build-with-claude/streaming; usage in a message_delta is cumulative.
import { EVENTS, named, type Recording } from "./recording.ts";

const told = (type: string, more: object = {}): string => named(type, { type, ...more });
const begin = (usage: object, id = "m"): string =>
  told("message_start", {
    message: {
      id,
      type: "message",
      role: "assistant",
      model: "claude-x",
      content: [],
      stop_reason: null,
      usage,
    },
  });
const block = (content_block: object, index = 0): string =>
  told("content_block_start", { index, content_block });
const delta = (given: object, index = 0): string =>
  told("content_block_delta", { index, delta: given });
const text = (given: string): string => delta({ type: "text_delta", text: given });
const end = (stop_reason: string, usage: object): string =>
  told("message_delta", { delta: { stop_reason, stop_sequence: null }, usage });
const stop = told("message_stop");

export const ANTHROPIC: Recording[] = [
  {
    name: "what was cached stands beside the input",
    contentType: EVENTS,
    chunks: [
      begin({
        input_tokens: 12,
        cache_creation_input_tokens: 30,
        cache_read_input_tokens: 900,
        cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 0 },
        output_tokens: 2,
        service_tier: "standard",
      }),
      block({ type: "text", text: "" }),
      told("ping"),
      text("Ja"),
      told("content_block_stop", { index: 0 }),
      end("end_turn", { output_tokens: 40, server_tool_use: { web_search_requests: 1 } }),
      stop,
    ],
    text: "Ja",
    model: "claude-x",
    usage: {
      input: 12,
      output: 40,
      cache_read_input_tokens: 900,
      cache_creation_input_tokens: 30,
    },
    finished: true,
    finishReason: "end_turn",
    begins: 3,
  },
  {
    name: "a gateway's delta says zero",
    contentType: EVENTS,
    chunks: [
      begin({ input_tokens: 12, output_tokens: 0 }),
      block({ type: "text", text: "" }),
      text("Ja"),
      end("end_turn", { input_tokens: 0, output_tokens: 40 }),
      stop,
    ],
    text: "Ja",
    model: "claude-x",
    usage: { input: 12, output: 40 },
    finished: true,
    finishReason: "end_turn",
    begins: 2,
  },
  {
    name: "a gateway knows the input only at the end",
    contentType: EVENTS,
    chunks: [
      begin({ input_tokens: 0, output_tokens: 0 }),
      text("Ja"),
      end("max_tokens", { input_tokens: 9, output_tokens: 20 }),
      end("max_tokens", { input_tokens: 9, output_tokens: 40 }),
      stop,
    ],
    text: "Ja",
    model: "claude-x",
    usage: { input: 9, output: 40 },
    finished: true,
    finishReason: "max_tokens",
    begins: 1,
  },
  {
    name: "overloaded",
    contentType: EVENTS,
    chunks: [
      begin({ input_tokens: 12, output_tokens: 1 }),
      block({ type: "text", text: "" }),
      text("Ja"),
      named("error", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
    ],
    text: "Ja",
    model: "claude-x",
    usage: { input: 12, output: 1 },
    error: "Overloaded",
    begins: 2,
  },
  {
    name: "text in a block's start",
    contentType: EVENTS,
    chunks: [
      begin({ input_tokens: 12, output_tokens: 1 }),
      block({ type: "text", text: "J" }),
      text("a"),
      stop,
    ],
    text: "Ja",
    model: "claude-x",
    usage: { input: 12, output: 1 },
    finished: true,
    begins: 1,
  },
  {
    name: "thoughts, tools, citations and signatures",
    contentType: EVENTS,
    chunks: [
      begin({ input_tokens: 12, output_tokens: 1 }),
      block({ type: "thinking", thinking: "", signature: "" }),
      delta({ type: "thinking_delta", thinking: "hm" }),
      delta({ type: "signature_delta", signature: "xx" }),
      text("Ja"),
      block({ type: "tool_use", id: "t", name: "w", input: {} }, 2),
      delta({ type: "input_json_delta", partial_json: '{"text":"no"' }, 2),
      delta({ type: "citations_delta", citation: { cited_text: "q" } }, 2),
      block({ type: "web_search_tool_result", content: [{ type: "text", text: "found" }] }, 3),
      end("tool_use", { output_tokens: 40, output_tokens_details: { thinking_tokens: 10 } }),
      stop,
    ],
    text: "Ja",
    model: "claude-x",
    usage: { input: 12, output: 40 },
    finished: true,
    finishReason: "tool_use",
    begins: 2,
  },
  {
    name: "two messages in one stream",
    contentType: EVENTS,
    chunks: [
      begin({ input_tokens: 10, output_tokens: 1 }),
      block({ type: "tool_use", id: "t", name: "w", input: {} }),
      end("tool_use", { output_tokens: 4 }),
      stop,
      begin({ input_tokens: 20, output_tokens: 1 }, "n"),
      text("Ja"),
      end("end_turn", { output_tokens: 5 }),
      stop,
    ],
    text: "Ja",
    model: "claude-x",
    usage: { input: 30, output: 9 },
    finished: true,
    finishReason: "end_turn",
    begins: 1,
  },
  {
    name: "two messages, the second cut",
    contentType: EVENTS,
    chunks: [
      begin({ input_tokens: 10, output_tokens: 1 }),
      end("tool_use", { output_tokens: 4 }),
      stop,
      begin({ input_tokens: 20, output_tokens: 1 }, "n"),
      text("J"),
    ],
    text: "J",
    model: "claude-x",
    usage: { input: 30, output: 5 },
    finishReason: "tool_use",
    begins: 4,
  },
  {
    name: "a whole message",
    contentType: "application/json",
    chunks: [
      JSON.stringify({
        type: "message",
        role: "assistant",
        model: "claude-x",
        content: [
          { type: "thinking", thinking: "hm", signature: "x" },
          { type: "text", text: "A" },
          { type: "text", text: "B" },
        ],
        stop_reason: "end_turn",
        usage: { input_tokens: 2, output_tokens: 3 },
      }),
    ],
    text: "AB",
    model: "claude-x",
    usage: { input: 2, output: 3 },
    finished: true,
    finishReason: "end_turn",
    begins: 0,
  },
  {
    name: "a whole error",
    contentType: "application/json",
    chunks: ['{"type":"error","error":{"type":"invalid_request_error","message":"too long"}}'],
    text: "",
    error: "too long",
    begins: undefined,
  },
];
