import fc from "fast-check";
import { expect, test } from "vitest";
import { isDeeperThan } from "../../../../src/protocol/json/json-depth.ts";

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test("property: text nests as deep as its value does, whatever its strings look like", () => {
  const text = fc.string({ unit: fc.constantFrom('"', "\\", "[", "{", "]", "}", "ü", "a") });
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 6, withCrossShrink: true },
      text,
      fc.integer(),
      fc.array(tie("json"), { maxLength: 3 }),
      fc.dictionary(text, tie("json"), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(json, fc.integer({ min: 0, max: 8 }), (value, max) => {
      const bytes = new TextEncoder().encode(JSON.stringify(value));
      expect(isDeeperThan(bytes, max)).toBe(depthOf(value) > max);
    }),
  );
});

test("what is no JSON is only looked at", () => {
  for (const text of ["", '"', '"\\', "]]]]", "\\[[", '{"a":']) {
    expect(isDeeperThan(new TextEncoder().encode(text), 3)).toBe(false);
  }
});
