import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { costsOf, isKind, type ModelPrice } from "../../../src/protocol/model-price.ts";
import { readUsage } from "../../../src/edge/fields/usage.ts";

const PRICE = { input: 2, output: 10, cached: 0.5, cache_write: 2.5, cache_write_1h: 4 };

describe("each kind has its price", () => {
  test.each<[string, Record<string, number>, ModelPrice, Record<string, number> | undefined]>([
    ["input and output", { input: 1e6, output: 1e5 }, PRICE, { input: 2, output: 1, total: 3 }],
    [
      "OpenAI's cached tokens",
      { input: 0, input_cached_tokens: 1e6 },
      PRICE,
      { input: 0, input_cached_tokens: 0.5, total: 0.5 },
    ],
    [
      "Anthropic's cache",
      {
        cache_read_input_tokens: 1e6,
        cache_creation_input_tokens: 1e6,
        input_cache_creation_1h: 1e6,
      },
      PRICE,
      {
        cache_read_input_tokens: 0.5,
        cache_creation_input_tokens: 2.5,
        input_cache_creation_1h: 4,
        total: 7,
      },
    ],
    [
      "what has none of its own, as its side",
      { output_reasoning_tokens: 1e6, input_audio_tokens: 1e6 },
      PRICE,
      { output_reasoning_tokens: 10, input_audio_tokens: 2, total: 12 },
    ],
    [
      "by its whole name, or by that without its end",
      { output_audio_tokens: 1e6, input_audio_tokens: 1e6 },
      { output: 1, output_audio: 20, input_audio_tokens: 30 },
      { output_audio_tokens: 20, input_audio_tokens: 30, total: 50 },
    ],
    ["nothing for what is no token", { images: 3 }, PRICE, undefined],
    ["nothing where the side has no price", { input: 3 }, { output: 1 }, undefined],
    [
      "a total is none more",
      { input: 1e6, total: 1e6 },
      { ...PRICE, total: 9 },
      { input: 2, total: 2 },
    ],
    ["a total alone", { total: 1e6 }, { total: 9 }, { total: 9 }],
    ["an embedding's total", { input: 1e6, total: 1e6 }, { total: 9 }, { total: 9 }],
    ["nothing for a total alone without a price for it", { total: 1e6 }, PRICE, undefined],
    ["free", { input: 5 }, { input: 0 }, { input: 0, total: 0 }],
    ["a name of the prototype", { constructor: 5 }, PRICE, undefined],
  ])("%s", (_, usage, price, costs) => {
    expect(costsOf(usage, price)).toEqual(costs);
  });
});

const dollars = fc.double({ min: 0, max: 1000, noNaN: true });
const price = fc.record({
  input: dollars,
  output: dollars,
  cached: dollars,
  cache_write: dollars,
  reasoning: dollars,
  total: dollars,
});
const count = fc.nat(2_000_000);

test("however a provider tells it, each token is paid once", () => {
  const taken = fc.record({ fresh: count, cached: count, text: count, reasoning: count });
  fc.assert(
    fc.property(taken, price, (all, prices) => {
      const { fresh, cached, text, reasoning } = all;
      const right =
        (fresh * prices.input +
          cached * prices.cached +
          text * prices.output +
          reasoning * prices.reasoning) /
        1e6;
      for (const usage of [
        {
          prompt_tokens: fresh + cached,
          completion_tokens: text + reasoning,
          total_tokens: fresh + cached + text + reasoning,
          prompt_tokens_details: { cached_tokens: cached },
          completion_tokens_details: { reasoning_tokens: reasoning },
        },
        {
          inputTokens: fresh + cached,
          outputTokens: text + reasoning,
          cachedInputTokens: cached,
          reasoningTokens: reasoning,
        },
        {
          promptTokenCount: fresh + cached,
          cachedContentTokenCount: cached,
          candidatesTokenCount: text,
          thoughtsTokenCount: reasoning,
          totalTokenCount: fresh + cached + text + reasoning,
        },
      ]) {
        const { usageDetails = "{}" } = readUsage({ usage }, () => {});
        const costs = costsOf(JSON.parse(usageDetails) as Record<string, number>, prices);
        expect(costs?.["total"]).toBeCloseTo(right, 8);
      }
    }),
  );
});

test("the total is the sum, in whatever order the counts come", () => {
  const names = ["input", "output", "input_cached_tokens", "output_reasoning_tokens", "total"];
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...names), count),
      price,
      fc.shuffledSubarray(names, { minLength: names.length }),
      (usage, prices, order) => {
        const costs = costsOf(usage, prices);
        const { total = 0, ...parts } = costs ?? {};
        const sum = Object.values(parts).reduce((all, cost) => all + cost, 0);
        if (Object.keys(parts).length > 0) expect(total).toBeCloseTo(sum, 9);
        const shuffled = order.flatMap((name) =>
          usage[name] === undefined ? [] : [[name, usage[name]] as const],
        );
        expect(costsOf(Object.fromEntries(shuffled), prices)?.["total"] ?? 0).toBeCloseTo(total, 9);
      },
    ),
  );
});

test.each([
  ["input", true],
  ["reasoning", true],
  ["cache_write_1h", true],
  ["input_audio", true],
  ["cache_read_input_tokens", true],
  ["inputs", false],
  ["Input", false],
  ["constructor", false],
  ["images", false],
])("%s is a kind: %s", (name, is) => {
  expect(isKind(name)).toBe(is);
});
