import fc from "fast-check";
import { expect, test } from "vitest";
import { parseFields } from "../../../src/edge/parse-fields.ts";
import {
  flushData,
  observationData,
  scoreData,
  traceData,
  wireAction,
  wireEnvelope,
} from "../../../src/protocol/wire.ts";

const SCHEMAS = [
  ["an envelope", wireEnvelope],
  ["an action", wireAction],
  ["a trace", traceData],
  ["an observation", observationData],
  ["a score", scoreData],
  ["a flush", flushData],
] as const;

const value = fc.oneof(
  fc.constantFrom("", "create_span", "x".repeat(200), "x".repeat(201), "__proto__", "constructor"),
  fc.constantFrom(0, -0, -1, 7, 1.5, 1e21, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN),
  fc.constantFrom(null, undefined, true, false),
  fc.constantFrom<unknown>([], {}, { a: 1 }, ["x"], [null], { length: 1 }),
  fc.string({ maxLength: 5 }),
);
/** What makes an object valid, where a schema asks for something. */
const begun = fc.constantFrom<Record<string, unknown>[]>(
  {},
  { action: "create_span", data: { spanId: 1 }, value: 0.5, actions: [{}] },
);
const STRANGE = ["unknown", "__proto__", "constructor", "toString", "hasOwnProperty", "0", ""];

test.each(SCHEMAS)("property: %s is read as its schema reads it", (_name, schema) => {
  const key = fc.constantFrom(...Object.keys(schema.shape), ...STRANGE);
  const entries = fc.array(fc.tuple(key, value), { maxLength: 5 });
  const given = fc
    .tuple(begun, entries)
    .map(([object, more]) => Object.fromEntries([...Object.entries(object), ...more]));
  const seen = { data: 0, issues: 0 };
  fc.assert(
    fc.property(given, (object: Record<string, unknown>) => {
      const [read, whole] = [parseFields(schema, object), schema.safeParse(object)];
      if ("data" in read) {
        seen.data += 1;
        // The schema itself leaves a key of this name out; nothing reads it.
        const own = Object.entries(read.data).filter(([name]) => name !== "__proto__");
        expect(new Map(own)).toEqual(new Map(Object.entries(whole.data ?? {})));
        expect(Object.getPrototypeOf(read.data)).toBe(Object.prototype);
      } else {
        seen.issues += 1;
        const issues = whole.error?.issues ?? [];
        expect(issues.length).toBeGreaterThan(0);
        expect(read.issues).toEqual(
          issues.map(({ path, message }) => ({ path: path.join("."), message })),
        );
      }
    }),
    { numRuns: 1000 },
  );
  expect(seen.data).toBeGreaterThan(100);
  expect(seen.issues).toBeGreaterThan(100);
});

test.each([null, undefined, [], [{ action: "flush" }], "flush", 0, true])(
  "%j is no object",
  (given) => {
    expect(parseFields(wireAction, given)).toEqual({
      issues: [{ path: "", message: "must be an object with action and data" }],
    });
  },
);

test.each(SCHEMAS)("what %s says of an object as a whole would not be heard", (_name, schema) => {
  expect(schema.def.checks ?? []).toEqual([]);
});
