// https://ai.google.dev/api/generate-content: as events (`alt=sse`), as one list of JSON (without), and
// the Interactions of 2026.
import { event, EVENTS, named, type Recording } from "./recording.ts";

const said = (parts: object[], more: object = {}, usage?: object) => ({
  candidates: [{ content: { parts, role: "model" }, index: 0, ...more }],
  modelVersion: "gemini-x",
  responseId: "g",
  ...(usage && { usageMetadata: usage }),
});
const USAGE = {
  promptTokenCount: 30,
  cachedContentTokenCount: 10,
  candidatesTokenCount: 5,
  thoughtsTokenCount: 7,
  toolUsePromptTokenCount: 4,
  totalTokenCount: 46,
  promptTokensDetails: [{ modality: "TEXT", tokenCount: 30 }],
  trafficType: "ON_DEMAND",
};
const COUNTED = {
  input: 20,
  input_cached_tokens: 10,
  input_tool_use_tokens: 4,
  output: 5,
  output_reasoning_tokens: 7,
  total: 46,
};

export const GEMINI: Recording[] = [
  {
    name: "one chunk",
    contentType: EVENTS,
    chunks: [
      event(
        said(
          [{ text: "Ja" }],
          {},
          {
            promptTokenCount: 3,
            candidatesTokenCount: 1,
            totalTokenCount: 4,
          },
        ),
      ),
    ],
    text: "Ja",
    model: "gemini-x",
    usage: { input: 3, output: 1, total: 4 },
    begins: 0,
  },
  {
    name: "thoughts, tools, and usage in every chunk",
    contentType: EVENTS,
    chunks: [
      event(said([{ text: "" }], {}, { promptTokenCount: 30, totalTokenCount: 30 })),
      event(said([{ text: "hm", thought: true }], {}, { ...USAGE, candidatesTokenCount: 0 })),
      event(said([{ functionCall: { name: "w", args: {} } }])),
      event(said([{ text: "J" }], {}, { ...USAGE, candidatesTokenCount: 2 })),
      event(said([{ text: "a" }], { finishReason: "STOP" }, USAGE)),
    ],
    text: "Ja",
    reasoning: "hm",
    tools: [{ id: "w", name: "w", input: {}, open: true }],
    model: "gemini-x",
    usage: COUNTED,
    finished: true,
    finishReason: "STOP",
    begins: 1,
  },
  {
    name: "a list",
    contentType: "application/json; charset=UTF-8",
    chunks: [
      `[${JSON.stringify(said([{ text: "J" }]), null, 2)}\n`,
      `,\r\n${JSON.stringify(said([{ text: "a" }], { finishReason: "STOP" }, USAGE), null, 2)}\n`,
      "]\n",
    ],
    text: "Ja",
    model: "gemini-x",
    usage: COUNTED,
    finished: true,
    finishReason: "STOP",
    begins: 0,
  },
  {
    name: "a list with an error",
    contentType: "application/json",
    chunks: ['[{"error":{"code":429,"message":"Resource has been exhausted","status":"X"}}\n]'],
    text: "",
    error: "Resource has been exhausted",
    begins: undefined,
  },
  {
    name: "a prompt that is blocked",
    contentType: EVENTS,
    chunks: [event({ promptFeedback: { blockReason: "SAFETY" }, modelVersion: "gemini-x" })],
    text: "",
    model: "gemini-x",
    finished: true,
    finishReason: "SAFETY",
    begins: undefined,
  },
  {
    name: "interactions",
    contentType: EVENTS,
    chunks: [
      named("interaction.created", {
        event_type: "interaction.created",
        interaction: { id: "v1", status: "in_progress", object: "interaction", model: "gemini-x" },
      }),
      named("step.delta", {
        event_type: "step.delta",
        index: 0,
        delta: { type: "thought_summary", content: { type: "text", text: "hm" } },
      }),
      named("step.delta", {
        event_type: "step.delta",
        index: 1,
        delta: { type: "text", text: "Ja" },
      }),
      named("interaction.completed", {
        event_type: "interaction.completed",
        interaction: {
          id: "v1",
          status: "completed",
          usage: {
            total_input_tokens: 7,
            total_cached_tokens: 2,
            total_output_tokens: 20,
            total_thought_tokens: 22,
            total_tool_use_tokens: 0,
            total_tokens: 49,
          },
        },
      }),
      named("done", "[DONE]").replace('"[DONE]"', "[DONE]"),
    ],
    text: "Ja",
    reasoning: "hm",
    model: "gemini-x",
    usage: {
      input: 5,
      input_cached_tokens: 2,
      input_tool_use_tokens: 0,
      output: 20,
      output_reasoning_tokens: 22,
      total: 49,
    },
    finished: true,
    finishReason: "completed",
    begins: 1,
  },
];
