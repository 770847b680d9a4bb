import { describe, expect, test } from "vitest";
import { readUsage } from "../../../../src/edge/fields/usage.ts";

function read(data: Parameters<typeof readUsage>[0]): {
  usage: unknown;
  cost: unknown;
  notes: string[];
} {
  const notes: string[] = [];
  const { usageDetails, costDetails } = readUsage(data, (note) => notes.push(note));
  const parsed = (text: string | undefined): unknown =>
    text === undefined ? undefined : JSON.parse(text);
  return { usage: parsed(usageDetails), cost: parsed(costDetails), notes };
}

// The names and the subtraction are those of Langfuse's own server.
test.each([
  [
    "Langfuse's first shape",
    { input: 10, output: 5, total: 15, unit: "TOKENS", inputCost: 0.1, outputCost: 0.2 },
    { input: 10, output: 5, total: 15 },
    { input: 0.1, output: 0.2 },
  ],
  [
    "its JS SDK's",
    { promptTokens: 10, completionTokens: 5, totalTokens: 15 },
    { input: 10, output: 5, total: 15 },
    undefined,
  ],
  [
    "OpenAI's completions",
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 20 },
    },
    {
      input: 40,
      output: 30,
      total: 150,
      input_cached_tokens: 60,
      input_audio_tokens: 0,
      output_reasoning_tokens: 20,
    },
    undefined,
  ],
  [
    "OpenAI's responses",
    {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 120 },
      output_tokens: 50,
      output_tokens_details: null,
      total_tokens: 150,
    },
    { input: 0, output: 50, total: 150, input_cached_tokens: 120 },
    undefined,
  ],
  [
    "other counts beside",
    { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: 7 },
    { input: 3, output: 4, cache_read_input_tokens: 7 },
    undefined,
  ],
])("%s", (_, usage, counts, costs) => {
  expect(read({ usage })).toEqual({ usage: counts, cost: costs, notes: [] });
});

test("usageDetails and costDetails win over usage, whole", () => {
  expect(
    read({
      usage: { input: 1, output: 2, inputCost: 1 },
      usageDetails: { prompt_tokens: 5 },
      costDetails: { total: 0.5 },
    }),
  ).toEqual({ usage: { input: 5 }, cost: { total: 0.5 }, notes: [] });
});

test("null says nothing, in silence", () => {
  expect(read({ usage: { input: null, output: 2 }, usageDetails: null, costDetails: {} })).toEqual({
    usage: { output: 2 },
    cost: undefined,
    notes: [],
  });
});

describe("numbers that Langfuse would choke on", () => {
  test.each([
    [Number.POSITIVE_INFINITY, "usage.input: not a number from 0 to 1000000000000, left out"],
    [-1, "usage.input: not a number from 0 to 1000000000000, left out"],
    ["7", "usage.input: not a number from 0 to 1000000000000, left out"],
    [[1], "usage.input: not a number from 0 to 1000000000000, left out"],
  ])("%j is left out with a note", (input, note) => {
    expect(read({ usage: { input, output: 1 } })).toEqual({
      usage: { output: 1 },
      cost: undefined,
      notes: [note],
    });
  });

  test("part of a token is rounded", () => {
    expect(read({ usage: { input: 1.6 } })).toEqual({
      usage: { input: 2 },
      cost: undefined,
      notes: ["usage.input: rounded"],
    });
  });
});

test("keys are made safe and the prototype stays itself", () => {
  const usageDetails = JSON.parse('{"__proto__": 5, "a\\ud800": 1, "constructor": 2}') as unknown;
  expect(readUsage({ usageDetails }, () => {}).usageDetails).toBe(
    '{"__proto__":5,"a\ufffd":1,"constructor":2}',
  );
});
