// Tools of Ollama, Cohere 2, LangGraph's messages and Mistral's conversations.
import { event, EVENTS, line, named, type Recording } from "./recording.ts";

const ollama = (message: object, more: object = {}): string =>
  line({
    model: "m",
    message: { role: "assistant", content: "", ...message },
    done: false,
    ...more,
  });

export const OTHER_TOOLS: Recording[] = [
  {
    name: "Ollama: thoughts, then two calls of one tool",
    contentType: "application/x-ndjson",
    chunks: [
      ollama({ thinking: "Where " }),
      ollama({ thinking: "to?" }),
      ollama({ tool_calls: [{ function: { name: "where", arguments: { q: 1 } } }] }),
      ollama({ tool_calls: [{ function: { name: "where", arguments: { q: 2 } } }] }),
      ollama({}, { done: true, done_reason: "stop" }),
    ],
    text: "",
    reasoning: "Where to?",
    tools: [
      { id: "where", name: "where", input: { q: 1 }, open: true },
      { id: "where", name: "where", input: { q: 2 }, open: true },
    ],
    model: "m",
    finished: true,
    finishReason: "stop",
    begins: 0,
  },
  {
    name: "Cohere 2",
    contentType: EVENTS,
    chunks: [
      event({ type: "message-start", id: "m", delta: { message: { role: "assistant" } } }),
      event({ type: "tool-plan-delta", delta: { message: { tool_plan: "I will look." } } }),
      event({
        type: "tool-call-start",
        index: 0,
        delta: {
          message: {
            tool_calls: {
              id: "where_1",
              type: "function",
              function: { name: "where", arguments: "" },
            },
          },
        },
      }),
      event({
        type: "tool-call-delta",
        index: 0,
        delta: { message: { tool_calls: { function: { arguments: "{}" } } } },
      }),
      event({ type: "tool-call-end", index: 0 }),
      event({ type: "message-end", delta: { finish_reason: "TOOL_CALL" } }),
    ],
    text: "",
    tools: [{ id: "where_1", name: "where", input: "{}", open: true }],
    finished: true,
    finishReason: "TOOL_CALL",
    begins: 1,
  },
  {
    name: "LangGraph's messages",
    contentType: EVENTS,
    chunks: [
      named("messages", [
        {
          type: "AIMessageChunk",
          content: "",
          tool_call_chunks: [{ name: "where", args: "", id: "call_1", index: 0 }],
        },
        {},
      ]),
      named("messages", [
        { type: "AIMessageChunk", content: "", tool_call_chunks: [{ args: "{}", index: 0 }] },
        {},
      ]),
      named("messages", [
        {
          type: "tool",
          name: "where",
          tool_call_id: "call_1",
          content: "found",
          status: "success",
        },
        {},
      ]),
      named("messages", [{ type: "AIMessageChunk", content: "Found." }, {}]),
    ],
    text: "Found.",
    tools: [{ id: "call_1", name: "where", input: "{}", output: "found" }],
    begins: 0,
  },
  {
    name: "Mistral's conversations",
    contentType: EVENTS,
    chunks: [
      named("function.call.delta", {
        type: "function.call.delta",
        output_index: 0,
        tool_call_id: "D681",
        name: "where",
        arguments: '{"q":',
      }),
      named("function.call.delta", {
        type: "function.call.delta",
        output_index: 0,
        tool_call_id: "D681",
        name: "where",
        arguments: "1}",
      }),
    ],
    text: "",
    tools: [{ id: "D681", name: "where", input: '{"q":1}', open: true }],
    begins: 0,
  },
];
