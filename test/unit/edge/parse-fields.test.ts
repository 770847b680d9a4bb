import fc from "fast-check";
import { expect, test } from "vitest";
import { parseFields } from "../../../src/edge/parse-fields.ts";
import {
  flushData,
  observationData,
  scoreData,
  traceData,
  wireAction,
} from "../../../src/protocol/wire.ts";

const value = fc.oneof(
  fc.constantFrom("", "create_span", "x".repeat(200), "x".repeat(201), "__proto__"),
  fc.constantFrom(0, -1, 7, 1.5, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN),
  fc.constantFrom(null, undefined, true, false),
  fc.constantFrom<unknown>([], {}, { a: 1 }, ["x"]),
  fc.string({ maxLength: 5 }),
);

test.each([
  ["an action", wireAction],
  ["a trace", traceData],
  ["an observation", observationData],
  ["a score", scoreData],
  ["a flush", flushData],
])("property: %s is read as its schema reads it", (_name, schema) => {
  const key = fc.constantFrom(...Object.keys(schema.shape), "unknown", "__proto__");
  const given = fc.array(fc.tuple(key, value), { maxLength: 6 }).map(Object.fromEntries);
  fc.assert(
    fc.property(given, (object: Record<string, unknown>) => {
      const [read, whole] = [parseFields(schema, object), schema.safeParse(object)];
      expect("data" in read).toBe(whole.success);
      if ("data" in read) {
        // The schema itself leaves a key of this name out; nothing reads it.
        const entries = Object.entries(read.data).filter(([name]) => name !== "__proto__");
        expect(Object.fromEntries(entries)).toEqual(whole.data);
      }
      if ("issue" in read) {
        const issues = whole.error?.issues.map(({ path, message }) => ({
          path: path.join("."),
          message,
        }));
        expect(issues).toContainEqual(read.issue);
      }
    }),
    { numRuns: 500 },
  );
});
