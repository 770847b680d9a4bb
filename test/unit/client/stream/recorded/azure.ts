// Azure OpenAI: the prompt's filter results come first, in a chunk without id and model, and those of
// what was said come after it.
import { DONE, event, EVENTS, type Recording } from "./recording.ts";

export const AZURE: Recording[] = [
  {
    name: "filter results",
    contentType: EVENTS,
    chunks: [
      event({
        choices: [],
        created: 0,
        id: "",
        model: "",
        object: "",
        prompt_filter_results: [
          {
            prompt_index: 0,
            content_filter_results: { hate: { filtered: false, severity: "safe" } },
          },
        ],
      }),
      event({
        id: "c",
        model: "gpt-x",
        choices: [{ index: 0, delta: { content: "", role: "assistant" } }],
      }),
      event({ id: "c", model: "gpt-x", choices: [{ index: 0, delta: { content: "Ja" } }] }),
      event({ id: "c", model: "gpt-x", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
      event({
        id: "",
        model: "",
        choices: [
          {
            index: 0,
            finish_reason: null,
            content_filter_offsets: { check_offset: 3 },
            content_filter_results: {},
          },
        ],
      }),
      event({
        id: "c",
        model: "gpt-x",
        choices: [],
        usage: { prompt_tokens: 8, completion_tokens: 1, total_tokens: 9 },
      }),
      DONE,
    ],
    text: "Ja",
    model: "gpt-x",
    usage: { input: 8, output: 1, total: 9 },
    finished: true,
    finishReason: "stop",
    begins: 2,
  },
  {
    name: "filtered",
    contentType: EVENTS,
    chunks: [
      event({ id: "c", model: "gpt-x", choices: [{ index: 0, delta: { content: "Ja" } }] }),
      event({
        id: "c",
        model: "gpt-x",
        choices: [{ index: 0, delta: {}, finish_reason: "content_filter" }],
      }),
      DONE,
    ],
    text: "Ja",
    model: "gpt-x",
    finished: true,
    finishReason: "content_filter",
    begins: 0,
  },
];
