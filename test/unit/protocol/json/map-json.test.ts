import fc from "fast-check";
import { expect, test } from "vitest";
import { mapItems, mapMembers } from "../../../../src/protocol/json/map-json.ts";

const same = (key: string): string => key;
const members = fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), fc.integer());

test("property: what does not change is not copied", () => {
  fc.assert(
    fc.property(members, fc.array(fc.integer()), (object, list) => {
      expect(mapMembers(object, same, (item) => item)).toBe(object);
      expect(mapItems(list, (item) => item)).toBe(list);
    }),
  );
});

test("property: what changes is mapped, and the rest with it, in order; the given stays as it was", () => {
  const isOdd = (item: number): number => (item % 2 === 0 ? item : item + 1);
  const keyOf = (key: string): string => (key.length > 2 ? `${key}!` : key);
  fc.assert(
    fc.property(members, fc.array(fc.integer()), (object, list) => {
      const [before, listed] = [Object.entries(object), [...list]];
      const mapped = mapMembers(object, keyOf, isOdd);
      expect(Object.entries(mapped)).toEqual(
        Object.entries(Object.fromEntries(before.map(([key, item]) => [keyOf(key), isOdd(item)]))),
      );
      expect(mapItems(list, isOdd)).toEqual(listed.map(isOdd));
      expect([Object.entries(object), list]).toEqual([before, listed]);
    }),
  );
});
