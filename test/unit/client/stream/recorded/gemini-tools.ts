// Tools and thoughts of Gemini (`GenerateContentResponse`): functions with and without ids, code that it runs.
import { event, EVENTS, type Recording } from "./recording.ts";

const said = (parts: object[], more: object = {}): string =>
  event({
    candidates: [{ content: { parts, role: "model" }, index: 0, ...more }],
    modelVersion: "gemini-x",
  });

export const GEMINI_TOOLS: Recording[] = [
  {
    name: "thoughts, then two calls of one function",
    contentType: EVENTS,
    chunks: [
      said([{ text: "Where to?", thought: true }]),
      said([
        { functionCall: { name: "where", args: { q: 1 } }, thoughtSignature: "xx" },
        { functionCall: { name: "where", args: { q: 2 } } },
      ]),
      said([{ functionCall: { id: "f3", name: "when", args: {} } }], { finishReason: "STOP" }),
    ],
    text: "",
    reasoning: "Where to?",
    tools: [
      { id: "where", name: "where", input: { q: 1 }, open: true },
      { id: "where", name: "where", input: { q: 2 }, open: true },
      { id: "f3", name: "when", input: {}, open: true },
    ],
    model: "gemini-x",
    finished: true,
    finishReason: "STOP",
    begins: 0,
  },
  {
    name: "code that it runs",
    contentType: EVENTS,
    chunks: [
      said([{ executableCode: { language: "PYTHON", code: "print(2)" } }]),
      said([{ codeExecutionResult: { outcome: "OUTCOME_OK", output: "2" } }]),
      said([{ text: "Two." }], { finishReason: "STOP" }),
    ],
    text: "Two.",
    tools: [
      {
        id: "code_execution",
        name: "code_execution",
        input: { language: "PYTHON", code: "print(2)" },
        output: { outcome: "OUTCOME_OK", output: "2" },
      },
    ],
    model: "gemini-x",
    finished: true,
    finishReason: "STOP",
    begins: 2,
  },
  {
    name: "a call that it could not write",
    contentType: EVENTS,
    chunks: [said([{ text: "" }], { finishReason: "MALFORMED_FUNCTION_CALL" })],
    text: "",
    model: "gemini-x",
    finishReason: "MALFORMED_FUNCTION_CALL",
    begins: undefined,
  },
];
