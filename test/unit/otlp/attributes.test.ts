import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributeProblem, attributesOf, firstNull } from "../../../src/otlp/attributes.ts";

const entry = (value: unknown) => [{ key: "k", value }];

describe("attributeProblem", () => {
  it.each<[string, unknown[], string | undefined]>([
    [
      "each kind",
      entry({ arrayValue: { values: [{ stringValue: "a" }, { intValue: "7" }] } }),
      undefined,
    ],
    ["nested objects", entry({ kvlistValue: { values: entry({ doubleValue: 1.5 }) } }), undefined],
    ["an empty list", entry({ arrayValue: {} }), undefined],
    ["nulls, which firstNull finds", [null, ...entry(null), { key: "j" }], undefined],
    ["no tag", entry({}), "value:not_one_tag"],
    ["two tags", entry({ stringValue: "", boolValue: true }), "value:not_one_tag"],
    ["a name of Object's own", entry({ toString: "" }), "value:not_one_tag"],
    ["a bare value", entry("a"), "value:not_tagged"],
    ["an integer out of words", entry({ intValue: "many" }), "intValue:not_an_integer"],
    ["no key", [{ value: { stringValue: "" } }], "key:not_text"],
    ["a key twice", [...entry({ stringValue: "" }), ...entry({ stringValue: "" })], "key:twice"],
  ])("%s", (_name, list, expected) => {
    expect(attributeProblem(list)).toBe(expected);
  });

  it("takes nothing that reads as another value than it has", () => {
    const text = fc.string();
    const leaf = fc.oneof(
      text.map((value) => [{ stringValue: value }, value] as const),
      fc.boolean().map((value) => [{ boolValue: value }, value] as const),
      fc.maxSafeInteger().map((value) => [{ intValue: String(value) }, value] as const),
      fc.double({ noNaN: true }).map((value) => [{ doubleValue: value }, value] as const),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(text, leaf), { selector: ([key]) => key }), (given) => {
        const list = given.map(([key, [value]]) => ({ key, value }));
        expect(attributeProblem(list)).toBeUndefined();
        expect(firstNull(list)).toBeUndefined();
        expect([...attributesOf(list)]).toEqual(given.map(([key, [, plain]]) => [key, plain]));
      }),
    );
  });
});
