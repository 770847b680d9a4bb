// Cohere, Workers AI, LangChain, and what backends make up themselves.
import { DONE, event, EVENTS, named, type Recording } from "./recording.ts";

export const OTHERS: Recording[] = [
  {
    name: "Cohere 2",
    contentType: EVENTS,
    chunks: [
      event({
        type: "message-start",
        id: "m",
        delta: { message: { role: "assistant", content: [] } },
      }),
      event({
        type: "content-start",
        index: 0,
        delta: { message: { content: { type: "text", text: "" } } },
      }),
      event({
        type: "content-delta",
        index: 0,
        delta: { message: { content: { thinking: "hm" } } },
      }),
      event({ type: "content-delta", index: 0, delta: { message: { content: { text: "Ja" } } } }),
      event({
        type: "message-end",
        delta: {
          finish_reason: "COMPLETE",
          usage: {
            billed_units: { input_tokens: 3, output_tokens: 1 },
            tokens: { input_tokens: 30, output_tokens: 2 },
          },
        },
      }),
    ],
    text: "Ja",
    reasoning: "hm",
    usage: { input: 30, output: 2 },
    finished: true,
    finishReason: "COMPLETE",
    begins: 2,
  },
  {
    name: "Workers AI",
    contentType: EVENTS,
    chunks: [
      event({ response: "J", p: "abc" }),
      event({ response: "a", p: "abc" }),
      event({ response: "", usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } }),
      DONE,
    ],
    text: "Ja",
    usage: { input: 3, output: 2, total: 5 },
    finished: true,
    begins: 0,
  },
  {
    name: "Workers AI, whole",
    contentType: "application/json",
    chunks: [
      JSON.stringify({
        result: {
          response: "Ja",
          usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
        },
        success: true,
        errors: [],
        messages: [],
      }),
    ],
    text: "Ja",
    usage: { input: 3, output: 2, total: 5 },
    begins: 0,
  },
  {
    name: "a whole text of the AI SDK",
    contentType: "application/json",
    chunks: [
      JSON.stringify({
        text: "Ja",
        reasoning: [{ type: "reasoning", text: "hm" }],
        toolResults: [{ type: "tool-result", output: { text: "found" } }],
        finishReason: "stop",
        usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
      }),
    ],
    text: "Ja",
    reasoning: "hm",
    usage: { input: 3, output: 2, total: 5 },
    finished: true,
    finishReason: "stop",
    begins: 0,
  },
  {
    name: "LangGraph's messages",
    contentType: EVENTS,
    chunks: [
      named("messages", [
        { type: "AIMessageChunk", id: "run-1", content: [{ type: "text", text: "J", index: 0 }] },
        { langgraph_node: "model", ls_model_name: "x" },
      ]),
      named("messages", [{ type: "AIMessageChunk", id: "run-1", content: "a" }, {}]),
      named("messages", [{ type: "tool", id: "t", content: "found" }, {}]),
      named("messages", [
        {
          type: "AIMessageChunk",
          id: "run-1",
          content: "",
          usage_metadata: {
            input_tokens: 30,
            output_tokens: 2,
            total_tokens: 32,
            input_token_details: { cache_read: 10, cache_creation: 5 },
            output_token_details: { reasoning: 1 },
          },
        },
        {},
      ]),
    ],
    text: "Ja",
    usage: {
      input: 15,
      input_cached_tokens: 10,
      input_cache_creation: 5,
      output: 1,
      output_reasoning_tokens: 1,
      total: 32,
    },
    begins: 0,
  },
  {
    name: "a backend's own untyped objects",
    contentType: EVENTS,
    chunks: [event({ text: "He" }), event({ content: "ll" }), event({ token: "o" })],
    text: "Hello",
    begins: 0,
  },
  {
    name: "a format nobody knows is timed all the same",
    contentType: EVENTS,
    chunks: [": hi\n\n", event({ kind: "fragment", body: { words: "x" } }), event({ kind: "end" })],
    text: "",
    begins: 1,
  },
  {
    name: "an error by the name of a status",
    contentType: "application/json",
    chunks: ['{"status":"error","message":"no such assistant"}'],
    text: "",
    error: "no such assistant",
    begins: undefined,
  },
];
