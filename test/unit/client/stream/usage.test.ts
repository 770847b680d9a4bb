// What a stream tells of usage, through the reader's memory and the edge's rules.
import { describe, expect, test } from "vitest";
import type { Answered } from "../../../../src/client/stream/answered.ts";
import { createUsage } from "../../../../src/client/stream/usage.ts";
import { readUsage } from "../../../../src/edge/fields/usage.ts";

type Told = Parameters<ReturnType<typeof createUsage>["read"]>[0];

function read(calls: object[][]): { usage: unknown; cost: unknown } {
  const answered: Answered = { text: "" };
  const usage = createUsage(answered);
  for (const [index, events] of calls.entries()) {
    if (index > 0) usage.next();
    for (const event of events) usage.read(event as Told, false);
  }
  const { usageDetails, costDetails } = readUsage(
    { usage: answered.usage, costDetails: answered.cost },
    (note) => expect.unreachable(note),
  );
  const parsed = (text: string | undefined): unknown => text && JSON.parse(text);
  return { usage: parsed(usageDetails), cost: parsed(costDetails) };
}

describe("what has a price of its own comes through", () => {
  test("Anthropic's writes to a cache for an hour; its deltas are cumulative", () => {
    const writes = (told: object) => ({
      cache_creation_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 },
      ...told,
    });
    expect(
      read([[writes({ input_tokens: 5, output_tokens: 1 }), writes({ output_tokens: 7 })]]).usage,
    ).toEqual({
      input: 5,
      output: 7,
      cache_creation_input_tokens: 60,
      input_cache_creation_1h: 40,
    });
  });

  test("Gemini's sound", () => {
    const usage = (candidatesTokenCount: number) => ({
      promptTokenCount: 100,
      candidatesTokenCount,
      totalTokenCount: 100 + candidatesTokenCount,
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: 10 },
        { modality: "AUDIO", tokenCount: 90 },
      ],
    });
    expect(read([[usage(1), usage(5)]]).usage).toEqual({
      input: 10,
      input_audio_tokens: 90,
      output: 5,
      total: 105,
    });
  });
});

test("a cost that is told adds up over the model calls, and is no count", () => {
  const call = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cost: 0.25 };
  expect(read([[call], [call]])).toEqual({
    usage: { input: 6, output: 4, total: 10 },
    cost: { total: 0.5 },
  });
});
