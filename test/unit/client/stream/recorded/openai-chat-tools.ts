// Calls of tools in OpenAI's chat completions, and by those who speak its language.
import { DONE, event, EVENTS, type Recording } from "./recording.ts";

const chunk = (delta: object, finish_reason: string | null = null): string =>
  event({ id: "c", model: "m", choices: [{ index: 0, delta, finish_reason }] });
const call = (index: number, id: string, name: string, args: string): object => ({
  index,
  id,
  type: "function",
  function: { name, arguments: args },
});
const more = (index: number, args: string): object => ({ index, function: { arguments: args } });
const whole = (message: object): string =>
  JSON.stringify({
    id: "c",
    model: "m",
    choices: [{ index: 0, message, finish_reason: "tool_calls" }],
  });
const called = { model: "m", finished: true, finishReason: "tool_calls" } as const;

export const OPENAI_CHAT_TOOLS: Recording[] = [
  {
    name: "two calls at once, their arguments in pieces",
    contentType: EVENTS,
    chunks: [
      chunk({ role: "assistant", content: null, tool_calls: [call(0, "a", "where", "")] }),
      chunk({ tool_calls: [more(0, '{"q":')] }),
      chunk({ tool_calls: [more(0, "1}")] }),
      chunk({ tool_calls: [call(1, "b", "when", "")] }),
      chunk({ tool_calls: [more(1, "{}")] }),
      chunk({}, "tool_calls"),
      DONE,
    ],
    text: "",
    tools: [
      { id: "a", name: "where", input: '{"q":1}', open: true },
      { id: "b", name: "when", input: "{}", open: true },
    ],
    ...called,
    begins: 0,
  },
  {
    name: "a gateway that numbers each call 0, and repeats its id",
    contentType: EVENTS,
    chunks: [
      chunk({ tool_calls: [call(0, "a", "where", '{"q"')] }),
      chunk({ tool_calls: [call(0, "a", "where", ":1}")] }),
      chunk({ tool_calls: [call(0, "b", "when", "{}")] }, "tool_calls"),
      DONE,
    ],
    text: "",
    tools: [
      { id: "a", name: "where", input: '{"q":1}', open: true },
      { id: "b", name: "when", input: "{}", open: true },
    ],
    ...called,
    begins: 0,
  },
  {
    name: "a tool of free text, and a function of old",
    contentType: EVENTS,
    chunks: [
      chunk({
        tool_calls: [
          { index: 0, id: "a", type: "custom", custom: { name: "sql", input: "select 1" } },
        ],
      }),
      chunk({ function_call: { name: "old", arguments: "{" } }),
      chunk({ function_call: { arguments: "}" } }),
      chunk({}, "function_call"),
      DONE,
    ],
    text: "",
    tools: [
      { id: "a", name: "sql", input: "select 1", open: true },
      { id: "old", name: "old", input: "{}", open: true },
    ],
    model: "m",
    finished: true,
    finishReason: "function_call",
    begins: 0,
  },
  {
    name: "whole",
    contentType: "application/json",
    chunks: [
      whole({
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "a", type: "function", function: { name: "where", arguments: "{}" } },
          { id: "b", type: "function", function: { name: "when", arguments: "{}" } },
        ],
      }),
    ],
    text: "",
    tools: [
      { id: "a", name: "where", input: "{}", open: true },
      { id: "b", name: "when", input: "{}", open: true },
    ],
    model: "m",
    finishReason: "tool_calls",
    begins: 0,
  },
  {
    name: "Mistral: arguments at once",
    contentType: EVENTS,
    chunks: [
      chunk({ role: "assistant", content: "" }),
      chunk(
        {
          content: "",
          tool_calls: [
            { index: 0, id: "D681PevKs", function: { name: "where", arguments: '{"q":1}' } },
          ],
        },
        "tool_calls",
      ),
      DONE,
    ],
    text: "",
    tools: [{ id: "D681PevKs", name: "where", input: '{"q":1}', open: true }],
    ...called,
    begins: 1,
  },
  {
    name: "DeepSeek: thoughts before the call",
    contentType: EVENTS,
    chunks: [
      chunk({ role: "assistant", content: null, reasoning_content: "" }),
      chunk({ content: null, reasoning_content: "Where " }),
      chunk({ content: null, reasoning_content: "to?" }),
      chunk({ tool_calls: [call(0, "call_0_x", "where", "{}")] }),
      chunk({ content: "" }, "tool_calls"),
      DONE,
    ],
    text: "",
    reasoning: "Where to?",
    tools: [{ id: "call_0_x", name: "where", input: "{}", open: true }],
    ...called,
    begins: 1,
  },
  {
    name: "OpenRouter: thoughts under two names are told once",
    contentType: EVENTS,
    chunks: [
      chunk({
        content: "",
        reasoning: "Hm.",
        reasoning_details: [{ type: "reasoning.text", text: "Hm.", index: 0 }],
      }),
      chunk({ content: "", reasoning: " So.", reasoning_content: " So." }),
      chunk({ content: "Yes", reasoning: null }, "stop"),
      DONE,
    ],
    text: "Yes",
    reasoning: "Hm. So.",
    model: "m",
    finished: true,
    finishReason: "stop",
    begins: 0,
  },
  {
    name: "Groq: tools that it runs itself",
    contentType: EVENTS,
    chunks: [
      chunk({
        role: "assistant",
        executed_tools: [{ index: 0, type: "search", arguments: '{"query":"x"}' }],
      }),
      chunk({
        executed_tools: [{ index: 0, type: "search", arguments: '{"query":"x"}', output: "found" }],
      }),
      chunk({ content: "Found." }, "stop"),
      DONE,
    ],
    text: "Found.",
    tools: [{ id: "run 0", name: "search", input: '{"query":"x"}', output: "found" }],
    model: "m",
    finished: true,
    finishReason: "stop",
    begins: 2,
  },
];
