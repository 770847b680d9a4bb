// Values that need no change are handed on as they are, not copied. It must come out as if everything had been
// copied, and what was handed in must stay as it was: a request's actions may speak of the same values.
import fc from "fast-check";
import { expect, test } from "vitest";
import { safeJson, safeText } from "../../../src/protocol/json/safe.ts";
import { privacyOf } from "./masking.ts";
import { runs } from "../../support/runs.ts";

const SILENT = (): void => {};
const KEYS = ["a", "b", "__proto__", "constructor", "length", "0", "7", "", "Cookie", "api_key"];
const TEXTS = [
  "x",
  "",
  "ada@example.com",
  "grace@example.org",
  "203.0.113.7",
  "4111 1111 1111 1111",
  "a\u0000b",
  "\ud800",
  "[email]",
  '{"a":"ada@example.com"}',
  "toString",
];
const key = fc.oneof(
  fc.constantFrom(...KEYS),
  fc.constantFrom(...TEXTS),
  fc.string({ maxLength: 3 }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(...TEXTS),
    fc.constantFrom(0, -0, 1.5, 4111111111111111, Number.POSITIVE_INFINITY, true, false, null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc
      .array(fc.tuple(key, tie("value")), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
}));

/** Keys of `KEYS` at which, and below which, everything is a credential. */
const isCredential = (name?: string): boolean => name === "Cookie" || name === "api_key";

/** Everything is copied. */
function mapped(
  given: unknown,
  textOf: (text: string, key?: string) => unknown,
  numberOf: (number: number, key?: string) => unknown,
  keysOf: (keys: string[]) => string[],
  inKey?: string,
): unknown {
  if (typeof given === "string") return textOf(given, inKey);
  if (typeof given === "number") return numberOf(given, inKey);
  if (typeof given !== "object" || given === null) return given;
  if (Array.isArray(given)) {
    return given.map((item) => mapped(item, textOf, numberOf, keysOf, inKey));
  }
  const names = keysOf(Object.keys(given));
  const items = Object.entries(given).map(([name, item], index) => [
    names[index],
    mapped(item, textOf, numberOf, keysOf, isCredential(inKey) ? inKey : name),
  ]);
  return Object.fromEntries(items) as unknown;
}

const madeSafe = (given: unknown): unknown =>
  mapped(
    given,
    (text) => safeText(text, "", SILENT),
    (number) => (Number.isFinite(number) ? number : String(number)),
    (keys) => keys.map((name) => safeText(name, "", SILENT)),
  );

/** As it would be written; of two objects with the same members in another order it is another. */
const written = (given: unknown): string =>
  JSON.stringify(given, (_key, item: unknown) => (Object.is(item, -0) ? "-0" : item));

test("property: what is made safe is as if it had been copied, and the given stays", () => {
  let changed = 0;
  fc.assert(
    fc.property(value, (given) => {
      const before = structuredClone(given);
      const safe = safeJson(frozen(given), "", SILENT);
      expect(written(safe)).toBe(written(madeSafe(before)));
      expect(given).toEqual(before);
      const isSame = Object.is(safe, given);
      if (!isSame) changed += 1;
      expect(safeJson(safe, "", SILENT)).toBe(safe);
    }),
    { numRuns: runs(800) },
  );
  expect(changed).toBeGreaterThan(100);
});

test("property: what is masked is as if it had been copied, and the given stays", () => {
  const { clean, mask } = privacyOf({ MASK: "email,ip,card,bearer" });
  const copied = (given: unknown): unknown =>
    mapped(
      madeSafe(given),
      (text, name) =>
        isCredential(name) ? (["", "[email]"].includes(text) ? text : "[bearer]") : mask(text),
      (number, name) =>
        isCredential(name) ? "[bearer]" : number === 4111111111111111 ? "[card]" : number,
      (keys) => numbered(keys.map(mask)),
    );
  let changed = 0;
  fc.assert(
    fc.property(value, value, (input, output) => {
      const data = frozen({ traceId: "ada@example.com", input, output });
      const before = structuredClone(data);
      const cleaned = clean(data, SILENT);
      expect(data).toEqual(before);
      for (const [field, given] of [
        ["input", input],
        ["output", output],
      ] as const) {
        if (given === null) expect(cleaned[field]).toBeNull();
        else expect(written(cleaned[field])).toBe(written(copied(given)));
      }
      expect(cleaned["traceId"]).toBe("ada@example.com");
      if (cleaned !== data) changed += 1;
      expect(clean(cleaned, SILENT)).toBe(cleaned);
    }),
    { numRuns: runs(800) },
  );
  expect(changed).toBeGreaterThan(100);
});

test("property: what is dropped is as if it had been copied, and the given stays", () => {
  const DROPPED_AT = /^(?:a|[^/]*\/b|(?:[^/]*\/)*cookie)$/;
  const { clean } = privacyOf({ DROP_FIELDS: "input.a, input.*.b, input.**.Cookie" });
  const copied = (given: unknown, path: string[]): unknown => {
    if (path.length > 0 && DROPPED_AT.test(path.join("/").toLowerCase())) return "[dropped]";
    if (typeof given !== "object" || given === null) return given;
    const items = Object.entries(given).map(([name, item]: [string, unknown]) => [
      name,
      copied(item, [...path, name]),
    ]);
    return Array.isArray(given) ? items.map(([, item]) => item) : Object.fromEntries(items);
  };
  // JSON text is looked into like a value, and none of these names has a slash in it.
  const plain = value.filter((given) => !/\{\\"a|\//.test(JSON.stringify(given)));
  let changed = 0;
  fc.assert(
    fc.property(plain, (input) => {
      const data = frozen({ input });
      const before = structuredClone(data);
      const { input: kept } = clean(data, SILENT);
      expect(data).toEqual(before);
      expect(written(kept)).toBe(written(copied(madeSafe(input), [])));
      if (kept !== input) changed += 1;
    }),
    { numRuns: runs(800) },
  );
  expect(changed).toBeGreaterThan(100);
});

/** Names that would be the same are told apart by a number. */
function numbered(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let number = 2; taken.has(free); number += 1) free = `${name} ${number}`;
    taken.add(free);
    return free;
  });
}

function frozen<T>(given: T): T {
  if (typeof given === "object" && given !== null) {
    Object.values(given).forEach(frozen);
    Object.freeze(given);
  }
  return given;
}
