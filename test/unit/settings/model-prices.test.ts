import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readModelPrices } from "../../../src/settings/model-prices.ts";

function read(value: unknown): { price: (model: string) => unknown; problems: string[] } {
  const problems: string[] = [];
  const lookup = readModelPrices(
    { MODEL_PRICES: typeof value === "string" ? value : JSON.stringify(value) },
    problems,
  );
  return {
    price: (model) => {
      const text = lookup?.(model);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    problems,
  };
}

test("nothing configured, nothing is priced", () => {
  const problems: string[] = [];
  expect(readModelPrices({}, problems)).toBeUndefined();
  expect(readModelPrices({ MODEL_PRICES: "" }, problems)).toBeUndefined();
  expect(readModelPrices({ MODEL_PRICES: "{}" }, problems)).toBeUndefined();
  expect(problems).toEqual([]);
});

describe("the prices of a model", () => {
  const { price, problems } = read({
    "*": { total: 1 },
    "gpt-5*": { input: 2 },
    "gpt-5-mini*": { input: 3 },
    "gpt-5": { input: 4 },
    "*/gpt-5": { input: 5 },
    "*claude*sonnet*": { input: 6 },
    "GEMINI-*-flash": { input: 7 },
    "gpt-5*-": { input: 8 },
  });
  test.each<[string, number | undefined, string]>([
    ["gpt-5", 4, "its own name comes first"],
    ["GPT-5", 4, "case is none"],
    ["gpt-5.2", 2, "then a pattern"],
    ["gpt-5-mini-2026-01-01", 3, "the one with the most characters"],
    ["openai/gpt-5", 5, "a * in front"],
    ["us.anthropic.claude-4-sonnet-v1:0", 6, "several"],
    ["gemini-3-flash", 7, "a * within"],
    ["gemini-flash", undefined, "whose sides do not overlap"],
    ["something", undefined, "else the rest"],
  ])("%s: %s, %s", (model, input, _why) => {
    expect(price(model)).toEqual(input === undefined ? { total: 1 } : { input });
  });
  test("are asked for again and again, and of any name", () => {
    expect(problems).toEqual([]);
    for (let n = 0; n < 1000; n += 1) expect(price(`gpt-5-mini-${n}`)).toEqual({ input: 3 });
    expect(price("gpt-5")).toEqual({ input: 4 });
    expect(price("g".repeat(201))).toBeUndefined();
    expect(price("constructor")).toEqual({ total: 1 });
  });
});

test("of patterns with as many characters the first counts, whatever the order of the others", () => {
  expect(read({ "a*b": { input: 1 }, "*ab": { input: 2 } }).price("aab")).toEqual({ input: 1 });
  expect(read({ "*ab": { input: 2 }, "a*b": { input: 1 } }).price("aab")).toEqual({ input: 2 });
});

test("a pattern says what a regular expression would", () => {
  const part = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 6 });
  const name = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  fc.assert(
    fc.property(part, name, (pattern, model) => {
      fc.pre(pattern !== "");
      const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(model);
      expect(read({ [pattern]: { input: 1 } }).price(model) !== undefined).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});

const SHAPE = 'must be an object of prices, such as {"input":1.25,"output":10}';
describe("a wrong entry is left out, and named by its place", () => {
  test.each<[string, unknown, string]>([
    ["no object", 5, SHAPE],
    ["a list", [1], SHAPE],
    ["null", null, SHAPE],
    ["nothing in it", {}, SHAPE],
    [
      "an unknown kind",
      { inptu: 1 },
      "a kind of token must be input, output, total, cached, cache_write, cache_write_1h, reasoning, or begin with input_ or output_",
    ],
    [
      "text",
      { input: "1" },
      "a price must be a number of US dollars for a million tokens, from 0 to 1000000",
    ],
    [
      "below 0",
      { input: -1 },
      "a price must be a number of US dollars for a million tokens, from 0 to 1000000",
    ],
    [
      "too many",
      Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`input_${n}`, 1])),
      "has more than 20 prices",
    ],
  ])("%s", (_, entry, problem) => {
    const { price, problems } = read({ "secret-model": entry, good: { input: 1 } });
    expect(problems).toEqual([`MODEL_PRICES: entry 1: ${problem}; it is left out`]);
    expect(price("good")).toEqual({ input: 1 });
    expect(price("secret-model")).toBeUndefined();
  });

  test("a name that is none", () => {
    const { problems } = read({ "": { input: 1 }, ["m".repeat(201)]: { input: 1 } });
    expect(problems).toEqual([
      "MODEL_PRICES: entry 1: its name is empty; it is left out",
      "MODEL_PRICES: entry 2: its name has more than 200 characters; it is left out",
    ]);
  });

  test("no JSON, and more than there is room for", () => {
    expect(read("gpt-5=1").problems).toEqual(["MODEL_PRICES: must be a JSON object"]);
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`m${n}`, { input: 1 }]));
    const { price, problems } = read(many);
    expect(problems).toEqual(["MODEL_PRICES: more than 200 models; the rest is left out"]);
    expect([price("m199"), price("m200")]).toEqual([{ input: 1 }, undefined]);
  });
});
