// https://docs.ollama.com/api/streaming: lines of JSON.
import { line, type Recording } from "./recording.ts";

const NDJSON = "application/x-ndjson";
const end = {
  model: "llama",
  done: true,
  done_reason: "stop",
  total_duration: 123_456_789,
  prompt_eval_count: 11,
  prompt_eval_duration: 5,
  eval_count: 2,
  eval_duration: 7,
};

export const OLLAMA: Recording[] = [
  {
    name: "chat",
    contentType: NDJSON,
    chunks: [
      line({
        model: "llama",
        message: { role: "assistant", content: "", thinking: "hm" },
        done: false,
      }),
      line({ model: "llama", message: { role: "assistant", content: "J" }, done: false }),
      line({ model: "llama", message: { role: "assistant", content: "a" }, done: false }),
      line({ ...end, message: { role: "assistant", content: "" } }),
    ],
    text: "Ja",
    reasoning: "hm",
    model: "llama",
    usage: { input: 11, output: 2 },
    finished: true,
    finishReason: "stop",
    begins: 0,
  },
  {
    name: "chat with a tool, under no content type",
    chunks: [
      line({ model: "llama", message: { role: "assistant", content: "" }, done: false }),
      line({
        model: "llama",
        message: {
          role: "assistant",
          content: "",
          tool_calls: [{ function: { name: "w", arguments: {} } }],
        },
        done: false,
      }),
      line({ ...end, message: { role: "assistant", content: "" } }),
    ],
    text: "",
    tools: [{ id: "w", name: "w", input: {}, open: true }],
    model: "llama",
    usage: { input: 11, output: 2 },
    finished: true,
    finishReason: "stop",
    begins: 1,
  },
  {
    name: "chat as text/plain",
    contentType: "text/plain",
    chunks: [
      line({ model: "llama", message: { role: "assistant", content: "Ja" }, done: false }),
      line({ ...end, message: { role: "assistant", content: "" } }),
    ],
    text: "Ja",
    model: "llama",
    usage: { input: 11, output: 2 },
    finished: true,
    finishReason: "stop",
    begins: 0,
  },
  {
    name: "generate",
    contentType: NDJSON,
    chunks: [
      line({ model: "llama", response: "J", done: false }),
      line({ model: "llama", response: "a", done: false }),
      line({ ...end, response: "", context: [1, 2, 3] }),
    ],
    text: "Ja",
    model: "llama",
    usage: { input: 11, output: 2 },
    finished: true,
    finishReason: "stop",
    begins: 0,
  },
  {
    name: "an error",
    contentType: NDJSON,
    chunks: [
      line({ model: "llama", message: { role: "assistant", content: "J" }, done: false }),
      line({ error: "an error was encountered while running the model" }),
    ],
    text: "J",
    model: "llama",
    error: "an error was encountered while running the model",
    begins: 0,
  },
];
