// Tools and thoughts of Gemini (`GenerateContentResponse`): functions with and without ids, code that it runs.
import { event, EVENTS, type Recording } from "./recording.ts";

const said = (parts: object[], more: object = {}): string =>
  event({
    candidates: [{ content: { parts, role: "model" }, index: 0, ...more }],
    modelVersion: "gemini-x",
  });

const piece = (...partialArgs: object[]): string =>
  said([{ functionCall: { partialArgs, willContinue: true } }]);

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
    name: "arguments in pieces, of two calls one after the other (Vertex AI, @google/genai 3.3)",
    contentType: EVENTS,
    chunks: [
      said([{ functionCall: { id: "f1", name: "light", willContinue: true } }]),
      piece({ jsonPath: "$.rooms[0].name", stringValue: "New ", willContinue: true }),
      piece({ jsonPath: "$.rooms[0].name", stringValue: '"kitchen"' }),
      piece({ jsonPath: "$.rooms[1]['a.b']", nullValue: "NULL_VALUE" }),
      piece({ jsonPath: "$.on", boolValue: true }, { jsonPath: "$.level", numberValue: 0 }),
      said([{ functionCall: {} }]),
      said([{ functionCall: { name: "music", willContinue: true } }]),
      piece({ jsonPath: "$.song", stringValue: "Blue" }),
      said([{ functionCall: {} }], { finishReason: "STOP" }),
    ],
    text: "",
    tools: [
      {
        id: "f1",
        name: "light",
        input: { rooms: [{ name: 'New "kitchen"' }, { "a.b": null }], on: true, level: 0 },
        open: true,
      },
      { id: "music", name: "music", input: { song: "Blue" }, open: true },
    ],
    model: "gemini-x",
    finished: true,
    finishReason: "STOP",
    begins: 0,
  },
  {
    name: "arguments in pieces whose places lead astray",
    contentType: EVENTS,
    chunks: [
      said([{ functionCall: { name: "f", args: { kept: 1 }, willContinue: true } }]),
      piece(
        { jsonPath: "$.__proto__.polluted", stringValue: "x" },
        { jsonPath: "$.list[4000000000]", numberValue: 1 },
        { jsonPath: "$.list.__proto__.polluted", stringValue: "x" },
        { jsonPath: "$", stringValue: "no place" },
        { stringValue: "none at all" },
        { jsonPath: "$.kept.deeper", numberValue: 2 },
      ),
      said([{ functionCall: {} }], { finishReason: "STOP" }),
    ],
    text: "",
    tools: [{ id: "f", name: "f", input: { kept: { deeper: 2 }, list: [1] }, open: true }],
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
