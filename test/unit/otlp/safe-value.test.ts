import { describe, expect, it } from "vitest";
import { safeAttributes, safeValue, taggedValue } from "../../../src/otlp/safe-value.ts";

function read(raw: unknown): { value: unknown; notes: string[] } {
  const notes: string[] = [];
  return { value: safeValue(raw, "v", (text) => notes.push(text)), notes };
}

describe("a value", () => {
  it.each<[string, unknown, unknown]>([
    ["an integer as text", { intValue: "42" }, { intValue: 42 }],
    ["one that no number holds", { intValue: "-9223372036854775808" }, undefined],
    ["a double as text", { doubleValue: "1.5" }, { doubleValue: 1.5 }],
    ["an integer with a fraction", { intValue: 1.5 }, { doubleValue: 1.5 }],
    ["an empty list", { arrayValue: {} }, { arrayValue: { values: [] } }],
    ["an unknown member beside it", { stringValue: "a", x: 1 }, { stringValue: "a" }],
  ])("%s is kept without a note", (_, raw, expected = raw) => {
    expect(read(raw)).toEqual({ value: expected, notes: [] });
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["no tag", {}],
    ["a tag of null", { stringValue: null }],
    ["a bare text", "a"],
  ])("of %s is none", (_, raw) => {
    expect(read(raw).value).toBeUndefined();
  });

  it.each<[string, unknown, unknown, string]>([
    ["no number", { doubleValue: "NaN" }, { stringValue: "NaN" }, "v: became text"],
    ["infinite", { doubleValue: Infinity }, { stringValue: "Infinity" }, "v: became text"],
    [
      "beyond int64",
      { intValue: "9223372036854775808" },
      { stringValue: "9223372036854775808" },
      "v: became text",
    ],
    ["half a character", { stringValue: "\ud800" }, { stringValue: "\ufffd" }, "v: lone surrogate"],
    ["NUL", { stringValue: "a\u0000" }, { stringValue: "a" }, "v: NUL removed"],
    [
      "null in a list",
      { arrayValue: { values: [null, { intValue: 1 }] } },
      { arrayValue: { values: [{ stringValue: "null" }, { intValue: 1 }] } },
      "v: null in a list became text",
    ],
    [
      "null in an object",
      { kvlistValue: { values: [{ key: "a", value: {} }] } },
      { kvlistValue: { values: [] } },
      "v a: null, left out",
    ],
    ["a flag that is none", { boolValue: 1 }, { stringValue: "1" }, "v: became text"],
    ["an object as text", { stringValue: {} }, undefined, "v: became text"],
  ])("that is %s is made safe, with a note", (_, raw, expected, note) => {
    const { value, notes } = read(raw);
    if (expected !== undefined) expect(value).toEqual(expected);
    expect(notes.join()).toContain(note);
  });

  it("is cut where it nests too deeply, however deep it is", () => {
    let raw: object = { stringValue: "deep" };
    for (let depth = 0; depth < 400; depth += 1) raw = { arrayValue: { values: [raw] } };
    const { value, notes } = read(raw);
    expect(JSON.stringify(value)).toContain("[nested too deeply]");
    expect(notes).toEqual(["v: nested deeper than 64, cut"]);
  });
});

it("plain JSON has a value of its kind", () => {
  const attributes = safeAttributes(
    [{ key: "k", value: taggedValue({ a: [1, 1.5, "x", true, null], b: {} }) }],
    "",
    () => {},
  );
  expect(attributes).toEqual([
    {
      key: "k",
      value: {
        kvlistValue: {
          values: [
            {
              key: "a",
              value: {
                arrayValue: {
                  values: [
                    { intValue: 1 },
                    { doubleValue: 1.5 },
                    { stringValue: "x" },
                    { boolValue: true },
                    { stringValue: "null" },
                  ],
                },
              },
            },
            { key: "b", value: { kvlistValue: { values: [] } } },
          ],
        },
      },
    },
  ]);
});

it("a note says no more of a long key above it than its beginning", () => {
  const values = Array.from({ length: 100 }, () => ({}));
  const list = [{ key: "k".repeat(500_000), value: { kvlistValue: { values } } }];
  const notes: string[] = [];
  safeAttributes(list, "attribute", (text) => notes.push(text));
  expect(notes).toHaveLength(100);
  expect(Math.max(...notes.map(({ length }) => length))).toBeLessThan(200);
});
