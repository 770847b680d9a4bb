import { expect, test } from "vitest";
import { parseFields } from "../../../../src/edge/fields/parse-fields.ts";
import { observationData, wireAction, wireEnvelope } from "../../../../src/protocol/wire.ts";

test("absent fields stay absent, unknown ones pass, empty text counts as absent", () => {
  const read = parseFields(observationData, { spanId: 7, name: "", unknown: { a: 1 } });
  expect(read).toEqual({ data: { spanId: "7", name: undefined, unknown: { a: 1 } } });
});

test("names of every object's own are nobody's fields", () => {
  const given = JSON.parse('{"__proto__":{"traceId":"x"},"constructor":1}') as object;
  const read = parseFields(observationData, given);
  if (!("data" in read)) throw new Error("refused");
  expect(read.data.traceId).toBeUndefined();
  expect(Object.getPrototypeOf(read.data)).toBe(Object.prototype);
});

test("every mistake is told by its path, in the schema's order, and never quoted", () => {
  const given = { deliver: "secret-7", seq: -1, id: "x".repeat(201), data: [], action: "secret-8" };
  const read = parseFields(wireAction, given);
  if (!("issues" in read)) throw new Error("accepted");
  expect(read.issues.map(({ path }) => path)).toEqual(["action", "data", "id", "seq", "deliver"]);
  expect(JSON.stringify(read.issues)).not.toContain("secret");
});

test("an envelope's actions stay unread", () => {
  const actions = [1, { anything: true }];
  expect(parseFields(wireEnvelope, { actions })).toEqual({ data: { actions } });
});

test.each([null, undefined, [], [{ action: "flush" }], "flush", 0, true])(
  "%j is no object",
  (given) => {
    expect(parseFields(wireAction, given)).toEqual({
      issues: [{ path: "", message: "must be an object with action and data" }],
    });
  },
);
