import fc from "fast-check";
import { expect, it } from "vitest";
import { replaceMembers } from "../../../../../src/edge/legacy/relay/replace-members.ts";

const twice = (text: string): string =>
  replaceMembers(text, (member, value, isInList) =>
    member === (isInList ? "ids" : "id") ? value + value : undefined,
  );

it.each([
  ['{"id":"a"}', '{"id":"aa"}'],
  ['{"ids":["a", 1,"b",["c"],{"id":"d"},"e"]}', '{"ids":["aa", 1,"bb",["c"],{"id":"d"},"ee"]}'],
  ['{"x":{"id":"a"},"id":"b"}', '{"x":{"id":"a"},"id":"bb"}'],
  ['{"x":["id"],"id":["b"]}', '{"x":["id"],"id":["b"]}'],
  ['{"id":"a","id":"b"}', '{"id":"aa","id":"bb"}'],
  ['{"\\u0069d":"\\"{"}', '{"\\u0069d":"\\"{\\"{"}'],
  ['{"id":1e3}', '{"id":1e3}'],
  ["{}", "{}"],
])("of %s", (text, expected) => {
  expect(twice(text)).toBe(expected);
});

it("changes nothing of any object but what is asked for", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (rest, id) => {
      const value = { ...rest, id };
      for (const space of [0, 2]) {
        const text = JSON.stringify(value, null, space);
        expect(replaceMembers(text, () => undefined)).toBe(text);
        const changed = replaceMembers(text, (member, _value, isInList) =>
          member === "id" && !isInList ? "new" : undefined,
        );
        expect(changed).toBe(JSON.stringify({ ...value, id: "new" }, null, space));
      }
    }),
  );
});

it("takes time in proportion to a text that is one string", () => {
  const text = JSON.stringify({ id: "\\".repeat(500_000), x: '"'.repeat(200_000) });
  const began = performance.now();
  expect(replaceMembers(text, () => "b").length).toBeLessThan(text.length);
  // It takes some ms; quadratic would be many minutes.
  expect(performance.now() - began).toBeLessThan(30_000);
});
