// Mistral's chat completions: content may be parts, some of which are thoughts.
import { DONE, event, EVENTS, type Recording } from "./recording.ts";

const chunk = (content: unknown, more: object = {}): string =>
  event({
    id: "m",
    object: "chat.completion.chunk",
    model: "magistral-x",
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
    ...more,
  });
const thinking = { type: "thinking", thinking: [{ type: "text", text: "adding" }] };

export const MISTRAL: Recording[] = [
  {
    name: "parts",
    contentType: EVENTS,
    chunks: [
      chunk(""),
      chunk([thinking]),
      chunk([{ type: "text", text: "Fo" }]),
      chunk("ur."),
      chunk([{ type: "reference", reference_ids: [1] }]),
      chunk("", {
        usage: {
          prompt_tokens: 4,
          completion_tokens: 9,
          total_tokens: 13,
          prompt_audio_seconds: 7,
          num_cached_tokens: 3,
        },
      }),
      DONE,
    ],
    text: "Four.",
    reasoning: "adding",
    model: "magistral-x",
    usage: { input: 1, input_cached_tokens: 3, output: 9, total: 13 },
    finished: true,
    begins: 1,
  },
  {
    name: "a whole answer of parts",
    contentType: "application/json",
    chunks: [
      JSON.stringify({
        model: "magistral-x",
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: [thinking, { type: "text", text: "Four." }] },
          },
        ],
        usage: {
          prompt_tokens: 4,
          completion_tokens: 9,
          total_tokens: 13,
          prompt_audio_seconds: {},
        },
      }),
    ],
    text: "Four.",
    reasoning: "adding",
    model: "magistral-x",
    usage: { input: 4, output: 9, total: 13 },
    begins: 0,
  },
];
