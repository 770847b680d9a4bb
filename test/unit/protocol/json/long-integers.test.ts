import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  holdsLongInteger,
  quoteLongIntegers,
} from "../../../../src/protocol/json/long-integers.ts";

const read = (text: string): unknown => JSON.parse(quoteLongIntegers(text).text) as unknown;

describe("a whole number that JavaScript can't hold", () => {
  test.each<[string, unknown]>([
    ['{"id":7300000000000000001}', { id: "7300000000000000001" }],
    ["[-12345678901234567890]", ["-12345678901234567890"]],
    ["9007199254740993", "9007199254740993"],
    ["1152921504606846976", "1152921504606846976"],
    [`{"a":1${"0".repeat(40)}}`, { a: `1${"0".repeat(40)}` }],
    ['{"a" : { "b":[ 12345678901234567 ,1]}}', { a: { b: ["12345678901234567", 1] } }],
    ['{"a":"\\\\","b":12345678901234567}', { a: "\\", b: "12345678901234567" }],
  ])("becomes text: %s", (text, value) => {
    expect(read(text)).toEqual(value);
  });

  test.each([
    "9007199254740991",
    "9007199254740992",
    "[1671234567890123456.5]",
    "1234567890123456789e2",
    '"7300000000000000001"',
    '"a \\"7300000000000000001"',
    '{"7300000000000000001":"7300000000000000001"}',
    '{"startTime":1671234567890123456,"seq" : 12345678901234567890}',
    '{"value":12345678901234567890}',
  ])("%s stays", (text) => {
    expect(quoteLongIntegers(text)).toEqual({ text, found: new Set() });
  });

  test.each([
    "{7300000000000000001:1}",
    "{7300000000000000001 : 1}",
    "00000000000000000007300000000000000001",
    "+7300000000000000001",
    '"7300000000000000001',
    "7300000000000000001x",
    '7300000000000000001"a"',
  ])("does not mend what is no JSON: %s", (text) => {
    expect(() => read(text)).toThrow(SyntaxError);
  });

  test("property: all else stays as it is, and they are told by their digits", () => {
    const big = fc.bigInt({ min: 10n ** 16n, max: 10n ** 30n });
    const tree = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: fc.constantFrom('"', "\\", "1", "2345678901234567", ":", "é", "\n") }),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        big,
        fc.constant(null),
        fc.array(tie("node"), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie("node"), { maxKeys: 4, noNullPrototype: true }),
      ),
    })).node;
    const isHeld = (value: bigint): boolean => String(Number(value)) === String(value);
    const write = (value: unknown): string => {
      if (typeof value === "bigint") return String(value);
      if (Array.isArray(value)) return `[${value.map(write).join()}]`;
      if (typeof value !== "object" || value === null) return JSON.stringify(value);
      const members = Object.entries(value);
      return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join()}}`;
    };
    const expected = (value: unknown): unknown => {
      if (typeof value === "bigint") return isHeld(value) ? Number(value) : String(value);
      if (Array.isArray(value)) return value.map(expected);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expected(item)]));
    };
    fc.assert(
      fc.property(tree, (value) => {
        expect(read(write(value))).toEqual(JSON.parse(JSON.stringify(expected(value))));
      }),
    );
  });

  test.each([
    ["numbers", "[" + "12345678901234567,".repeat(200_000) + "1]"],
    ["strings", `[${'"12345678901234567",'.repeat(200_000)}1]`],
    ["quotes", `["${String.raw`\"1234567890123456`.repeat(200_000)}"]`],
    ["backslashes", `["${"\\\\".repeat(1_000_000)}",12345678901234567]`],
    ["digits", "1".repeat(4_000_000)],
    ["digits of a fraction", `${"1".repeat(2_000_000)}.${"1".repeat(2_000_000)}`],
  ])("is found in linear time, in four million characters of %s", (_, text) => {
    const began = performance.now();
    quoteLongIntegers(text);
    // Quadratic would be hours.
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});

test("a value is looked through for them", () => {
  const found = new Set(["12345678901234567"]);
  expect(holdsLongInteger({ a: [1, { b: "12345678901234567" }] }, found)).toBe(true);
  expect(holdsLongInteger({ a: [1, { b: "1234567890123456" }], c: null }, found)).toBe(false);
});
