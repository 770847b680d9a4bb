import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cut } from "../../../../src/client/send/cut.ts";
import { toJson } from "../../../../src/client/extras/safe-json.ts";

const said = (value: unknown, room?: number): unknown => JSON.parse(toJson(value, room));

test("what JSON can say is said as JSON says it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect(toJson(value)).toBe(JSON.stringify(value));
    }),
  );
  for (const value of [
    { a: undefined, b: [undefined] },
    new Date(0),
    { at: new Date(0), url: new URL("https://a.example/") },
    JSON.parse('{"__proto__":{"x":1},"toString":1}'),
    Object.assign(Array<unknown>(2), { 1: 1 }),
    "\ud800",
    -0,
    NaN,
  ]) {
    expect(toJson(value)).toBe(JSON.stringify(value));
  }
});

const throwing = (): object =>
  Object.defineProperty({ beside: 1 }, "broken", {
    enumerable: true,
    get: () => {
      throw new Error("no");
    },
  });

describe("what JSON cannot say is said in words", () => {
  class Shape {
    size = 2;
    #hidden = 1;
    get area() {
      return this.#hidden;
    }
  }
  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic["self"] = { back: cyclic };
  const error = new TypeError("broken");
  error.stack = "at there";
  const words: [string, unknown, unknown][] = [
    ["a large number", 2n ** 70n, "1180591620717411303424"],
    ["a symbol", Symbol("x"), "Symbol(x)"],
    ["a function", Object.assign(() => 1, { toString: () => "() => 1" }), "() => 1"],
    ["an error", error, { error: "TypeError: broken", stack: "at there" }],
    [
      "an error with more",
      Object.assign(new TypeError("broken"), { stack: "at there", code: 7 }),
      { error: "TypeError: broken", stack: "at there", code: 7 },
    ],
    ["a map", new Map<unknown, unknown>([["a", 1n]]), [["a", "1"]]],
    ["a set", new Set([1, "b"]), [1, "b"]],
    ["bytes", new Uint8Array(3), '{"bytes":3}'],
    ["numbers", new Float64Array(2), '{"bytes":16}'],
    ["an invalid date", new Date(NaN), "Invalid Date"],
    ["an object of a class", new Shape(), { size: 2 }],
    ["an object without a prototype", Object.create(null, {}), {}],
    ["a cycle", cyclic, { a: 1, self: { back: "[circular]" } }],
    ["a getter that throws", throwing(), { beside: 1, broken: "[unreadable]" }],
    [
      "a toJSON that throws",
      {
        beside: 1,
        bad: {
          toJSON: () => {
            throw new Error("no");
          },
        },
      },
      { beside: 1, bad: "[unreadable]" },
    ],
    [
      "a proxy that throws",
      {
        beside: 1,
        bad: new Proxy(
          {},
          {
            ownKeys: () => {
              throw new Error("no");
            },
          },
        ),
      },
      { beside: 1, bad: "[unreadable]" },
    ],
  ];
  test.each(words)("%s", (_kind, value, expected) => {
    expect(said({ value, other: "kept" })).toEqual({ value: expected, other: "kept" });
  });

  test("the same object twice is no cycle", () => {
    const shared = { a: 1 };
    expect(said([shared, shared, { shared }])).toEqual([shared, shared, { shared }]);
  });
});

test("whatever is in it, it is JSON, and what stands beside stays", () => {
  const odd = fc.oneof(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withBoxedValues: true,
    }),
    fc.constant(0).map(throwing),
    fc.func(fc.anything()),
    fc.constant(Symbol.iterator),
  );
  fc.assert(
    fc.property(odd, odd, (a, b) => {
      const result = said({ before: "x", a: { deep: [a] }, b, after: "y" });
      expect(result).toMatchObject({ before: "x", after: "y" });
    }),
  );
});

test("a nesting without end has one", () => {
  let deep: unknown = "bottom";
  for (let n = 0; n < 100_000; n += 1) deep = { deep };
  const text = toJson({ deep, beside: 1 });
  expect(JSON.parse(text)).toMatchObject({ beside: 1 });
  expect(text.split("{").length).toBeLessThan(64);
});

test("a long text is cut, says so, and leaves room for what ends the turn", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 2000 }),
      fc.string({ unit: "grapheme" }),
      (room, text) => {
        const long = text.repeat(Math.ceil(3000 / (text.length || 1)));
        const value = { input: long, level: "ERROR" };
        const json = toJson(value, room);
        expect(json.isWellFormed()).toBe(true);
        const { input } = JSON.parse(json) as { input: string };
        if (long.length <= room - 30 || long.length <= 200)
          expect(json).toBe(JSON.stringify(value));
        else if (long.length > Math.max(room, 200)) {
          expect(input).toMatch(new RegExp(` \\[cut: ${long.length} characters\\]$`));
          expect(long.startsWith(input.slice(0, input.lastIndexOf(" [cut")))).toBe(true);
          expect(input.length).toBeLessThan(Math.max(room, 200) + 40);
        }
      },
    ),
  );
});

const wide = (levels: number): unknown => {
  let all: unknown = 1;
  for (let n = 0; n < levels; n += 1) all = Array.from({ length: 20 }, () => all);
  return all;
};
test.each<[string, unknown]>([
  ["a list", Array.from({ length: 1e6 }, (_, i) => i)],
  [
    "an object",
    Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => [`key ${i}`, "x".repeat(300)])),
  ],
  ["a graph with more ways than atoms", wide(40)],
  ["a text", "x".repeat(1e6)],
])("so is %s without end, and the fields after it stay", (_kind, input) => {
  const data = { input, metadata: { a: 1 }, traceId: "t".repeat(200), statusMessage: "broken" };
  const json = toJson({ seq: 1, data, at: 7 }, 10_000);
  expect(json.length).toBeLessThan(25_000);
  expect(json).toContain("[cut");
  const { traceId, statusMessage } = data;
  expect(JSON.parse(json)).toMatchObject({ seq: 1, data: { traceId, statusMessage }, at: 7 });
});

test("a list is as long as what is in it: one at a user's number has no million of nothing before it", () => {
  const byNumber: string[] = [];
  byNumber[2_000_000] = "Ada";
  const holes = [1];
  holes[2] = 3;
  expect(said({ byNumber, holes, beside: 1 })).toEqual({
    byNumber: { 2000000: "Ada" },
    holes: [1, null, 3],
    beside: 1,
  });
});

test("a cut never leaves half of a pair", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (text, most) => {
      const kept = cut(text, most);
      expect(kept.isWellFormed()).toBe(true);
      expect(text.startsWith(kept)).toBe(true);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(text.length, most) - 1);
      expect(kept.length).toBeLessThanOrEqual(Math.max(most, 0));
    }),
  );
});

test.each<[string, unknown, unknown]>([
  ["an ArrayBuffer", new ArrayBuffer(5), '{"bytes":5}'],
  ["a Blob", new Blob(["abc"], { type: "image/png" }), '{"type":"image/png","bytes":3}'],
  ["a File", new File(["abc"], "a.txt"), '{"type":"","bytes":3}'],
  ["a pattern", /a/g, "/a/g"],
  ["headers", new Headers({ a: "1" }), [["a", "1"]]],
  ["search parameters", new URLSearchParams("a=1"), [["a", "1"]]],
])("%s is readable", (_name, value, expected) => {
  expect(said({ value, beside: 1 })).toEqual({ value: expected, beside: 1 });
});
