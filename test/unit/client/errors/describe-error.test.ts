// Whatever is thrown becomes text, bounded, and nothing that is thrown makes that fail.
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { describeError } from "../../../../src/client/errors/describe-error.ts";

test("an error has its type, message and stack", () => {
  const error = new TypeError("x is not a function");
  expect(describeError(error)).toEqual({
    type: "TypeError",
    message: "x is not a function",
    stack: error.stack,
    causes: [],
  });
});

test("causes and the errors of an AggregateError are told by their path, the nearest first", () => {
  const root = new RangeError("too far");
  const all = new AggregateError(
    [new Error("first", { cause: "a text" }), new Error("second")],
    "all failed",
    { cause: new Error("above", { cause: root }) },
  );
  const { causes, ...own } = describeError(all);
  expect(own).toMatchObject({ type: "AggregateError", message: "all failed" });
  expect(causes.map(({ path, type, message }) => [path, type, message])).toEqual([
    ["cause", "Error", "above"],
    ["errors[0]", "Error", "first"],
    ["errors[1]", "Error", "second"],
    ["cause.cause", "RangeError", "too far"],
    ["errors[0].cause", "string", "a text"],
  ]);
  expect(causes[3]?.stack).toContain("too far");
});

test("a ring of causes ends, and many are few", () => {
  const a = new Error("a");
  const b = new Error("b", { cause: a });
  a.cause = b;
  expect(describeError(a).causes.map(({ message }) => message)).toEqual(["b"]);
  const many = new AggregateError(
    Array.from({ length: 100 }, (_, n) => new Error(`${n}`)),
    "many",
  );
  expect(describeError(many).causes).toHaveLength(5);
  let deep = new Error("0");
  for (let n = 1; n < 50; n += 1) deep = new Error(`${n}`, { cause: deep });
  expect(describeError(deep).causes).toHaveLength(8);
});

describe("what is no error", () => {
  class Answer {
    readonly status = 500;
  }
  test.each([
    ["a text", "string", "a text"],
    [42, "number", "42"],
    [undefined, "undefined", "undefined"],
    [null, "null", "null"],
    [{ code: 7 }, "Object", '{"code":7}'],
    [new Answer(), "Answer", '{"status":500}'],
    [Object.create(null), "Object", "[unreadable]"],
    [new Event("offline"), "Event", "offline"],
    [Symbol("s"), "symbol", "Symbol(s)"],
    [{ name: "ApiError", message: "no such model" }, "ApiError", "no such model"],
    [new DOMException("gone", "NotFoundError"), "NotFoundError", "gone"],
  ])("%s", (value, type, message) => {
    expect(describeError(value)).toMatchObject({ type, message });
  });
});

test("nothing that is thrown makes it throw, or grow without bound", () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error("hands off");
      },
    },
  );
  expect(describeError(hostile)).toMatchObject({ type: "Object", message: "[unreadable]" });
  const long = new Error("m".repeat(1e6), { cause: new Error("c".repeat(1e6)) });
  expect(JSON.stringify(describeError(long)).length).toBeLessThan(12_000);
  fc.assert(
    fc.property(fc.anything({ withObjectString: true, withNullPrototype: true }), (value) => {
      const { type, message, causes } = describeError(value);
      expect([typeof type, typeof message]).toEqual(["string", "string"]);
      expect(message.length).toBeLessThanOrEqual(1000);
      expect(causes.length).toBeLessThanOrEqual(8);
    }),
  );
});
