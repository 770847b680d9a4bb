import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Answered, createAnswerReader } from "../../../src/client/answer-reader.ts";

const sse = (...events: unknown[]): string =>
  events
    .map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`)
    .join("");

interface Case {
  name: string;
  type: string;
  body: string;
  lines?: boolean;
  answered: Answered;
}

const EVENTS = "text/event-stream; charset=utf-8";
const CASES: Case[] = [
  {
    name: "OpenAI chat completions",
    type: EVENTS,
    body: sse(
      { model: "gpt-5", choices: [{ index: 0, delta: { role: "assistant", content: "" } }] },
      { model: "gpt-5", choices: [{ index: 0, delta: { content: "Grüße " } }] },
      { choices: [{ index: 1, delta: { content: "another choice" } }] },
      { choices: [{ index: 0, delta: { content: "👋🏽\n" } }], usage: null },
      {
        choices: [],
        usage: {
          prompt_tokens: 5,
          completion_tokens: 2,
          prompt_tokens_details: { cached_tokens: 3 },
        },
      },
      "[DONE]",
    ),
    answered: {
      text: "Grüße 👋🏽\n",
      model: "gpt-5",
      usage: {
        prompt_tokens: 5,
        completion_tokens: 2,
        prompt_tokens_details: { cached_tokens: 3 },
      },
      finished: true,
    },
  },
  {
    name: "OpenAI responses",
    type: EVENTS,
    body: [
      'event: response.output_text.delta\r\ndata: {"type":"response.output_text.delta","delta":"Hel"}\r\n\r\n',
      'data: {"type":"response.reasoning_summary_text.delta","delta":"thoughts"}\r\n\r\n',
      'data: {"type":"response.output_text.delta","delta":"lo"}\r\n\r\n',
      'data: {"type":"response.completed","response":{"model":"gpt-5","usage":{"input_tokens":1,"output_tokens":2}}}\r\n\r\n',
    ].join(""),
    answered: {
      text: "Hello",
      model: "gpt-5",
      usage: { input_tokens: 1, output_tokens: 2 },
      finished: true,
    },
  },
  {
    name: "Anthropic messages",
    type: EVENTS,
    body: sse(
      {
        type: "message_start",
        message: {
          model: "claude-5",
          content: [],
          usage: { input_tokens: 25, output_tokens: 1, service_tier: "standard" },
        },
      },
      { type: "content_block_delta", delta: { type: "thinking_delta", thinking: "hm" } },
      { type: "content_block_delta", delta: { type: "text_delta", text: "Ja" } },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 15 } },
      { type: "message_stop" },
    ),
    answered: {
      text: "Ja",
      model: "claude-5",
      usage: { input_tokens: 25, output_tokens: 15 },
      finished: true,
    },
  },
  {
    name: "Anthropic's error in a stream",
    type: EVENTS,
    body: sse({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
    answered: { text: "", error: "Overloaded" },
  },
  {
    name: "AI SDK UI messages",
    type: EVENTS,
    lines: true,
    body: sse(
      { type: "start", messageMetadata: { model: "m1" } },
      { type: "text-start", id: "1" },
      { type: "reasoning-delta", id: "0", delta: "hm" },
      { type: "text-delta", id: "1", delta: "O" },
      { type: "text-delta", id: "1", delta: "k" },
      { type: "finish", messageMetadata: { usage: { inputTokens: 3, outputTokens: 4 } } },
      "[DONE]",
    ),
    answered: {
      text: "Ok",
      model: "m1",
      usage: { inputTokens: 3, outputTokens: 4 },
      finished: true,
    },
  },
  {
    name: "AI SDK data stream",
    type: "text/plain",
    body: 'f:{"messageId":"x"}\n0:"Hé"\ng:"thoughts"\n0:"llo"\nd:{"finishReason":"stop","usage":{"promptTokens":7,"completionTokens":9}}\n',
    answered: { text: "Héllo", usage: { promptTokens: 7, completionTokens: 9 }, finished: true },
  },
  {
    name: "AI SDK data stream's error",
    type: "text/plain; charset=utf-8",
    lines: true,
    body: '3:"it broke"\n',
    answered: { text: "", error: "it broke" },
  },
  {
    name: "plain text",
    type: "text/plain",
    body: "Ein Satz\nmit Umlaut: ä, und 😀.",
    answered: { text: "Ein Satz\nmit Umlaut: ä, und 😀." },
  },
  {
    name: "whole OpenAI answer",
    type: "application/json",
    body: JSON.stringify(
      {
        model: "gpt-5",
        choices: [{ index: 0, message: { content: "Hi" } }],
        usage: { prompt_tokens: 1 },
      },
      null,
      2,
    ),
    answered: { text: "Hi", model: "gpt-5", usage: { prompt_tokens: 1 } },
  },
  {
    name: "whole Anthropic answer",
    type: "application/json",
    body: JSON.stringify({
      type: "message",
      model: "claude-5",
      content: [
        { type: "text", text: "A" },
        { type: "text", text: "B" },
      ],
      usage: { input_tokens: 2 },
    }),
    answered: { text: "AB", model: "claude-5", usage: { input_tokens: 2 } },
  },
];

function readInPieces({ type, body, lines = false }: Case, cuts: number[]): Answered {
  const bytes = new TextEncoder().encode(body);
  const reader = createAnswerReader(type, lines);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let start = 0;
  for (const end of ends) {
    reader.read(bytes.subarray(start, end));
    start = end;
  }
  reader.end();
  return reader.answered;
}

describe.each(CASES)("$name", (one) => {
  test("is read", () => {
    expect(readInPieces(one, [])).toEqual(one.answered);
  });

  test("wherever it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), (cuts) => {
        expect(readInPieces(one, cuts)).toEqual(one.answered);
      }),
    );
  });
});

test("garbage is no error", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("text/event-stream", "application/json", "text/plain", ""),
      fc.array(fc.uint8Array()),
      (type, chunks) => {
        const reader = createAnswerReader(type, false);
        for (const chunk of chunks) reader.read(chunk);
        reader.end();
        expect(typeof reader.answered.text).toBe("string");
      },
    ),
  );
});

test.each(["null", "1", "[]", '{"choices":1}', '{"choices":[null]}', '{"usage":3,"delta":null}'])(
  "JSON of another shape is let pass: %s",
  (json) => {
    const reader = createAnswerReader("text/event-stream", false);
    reader.read(new TextEncoder().encode(sse(json, { type: "text-delta", delta: "x" })));
    expect(reader.answered.text).toBe("x");
  },
);
