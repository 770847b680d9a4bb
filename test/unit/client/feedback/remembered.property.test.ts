import { expect, test } from "vitest";
import fc from "fast-check";
import {
  MAX_AGE_MS,
  MAX_MESSAGES,
  readMemory,
  remember,
  rememberGiven,
  writeMemory,
} from "../../../../src/client/feedback/remembered.ts";

const NOW = 1_790_000_000_000;
const value = fc.oneof(fc.boolean(), fc.integer(), fc.string({ maxLength: 20 }));

test("what is remembered is read as it was written, the latest of it, and of a message the latest trace", () => {
  const step = fc.oneof(
    fc.record({ id: fc.string({ maxLength: 3 }), trace: fc.string({ minLength: 1 }) }),
    fc.record({ id: fc.string({ maxLength: 3 }), name: fc.string({ maxLength: 2 }), value }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const memory = readMemory("", NOW);
      const model = new Map<string, { trace: string; given: Map<string, unknown> }>();
      steps.forEach((one, i) => {
        if ("trace" in one) {
          remember(memory, one.id, one.trace, NOW + i);
          const before = model.get(one.id);
          const given = before?.trace === one.trace ? before.given : new Map<string, unknown>();
          model.set(one.id, { trace: one.trace, given });
        } else {
          rememberGiven(memory, one.id, one.name, one.value, NOW + i);
          model.get(one.id)?.given.set(one.name, one.value);
        }
      });
      const read = readMemory(writeMemory(memory), NOW);
      expect(read).toEqual(memory);
      for (const [id, { trace, given }] of model) {
        expect(read.get(id)?.traceId).toBe(trace);
        if (given.size <= 8) {
          expect(new Map(Object.entries(read.get(id)?.given ?? {}))).toEqual(given);
        }
      }
    }),
  );
});

test("it is bounded in number and age", () => {
  const memory = readMemory(null, NOW);
  for (let n = 0; n < 500; n += 1) remember(memory, `m${n}`, `t${n}`, NOW + n);
  const read = readMemory(writeMemory(memory), NOW);
  expect([...read.keys()]).toEqual(Array.from({ length: MAX_MESSAGES }, (_, n) => `m${n + 300}`));
  expect(readMemory(writeMemory(memory), NOW + MAX_AGE_MS + 490).size).toBe(10);
  for (let n = 0; n < 50; n += 1) rememberGiven(memory, "m499", `score ${n}`, n, NOW);
  rememberGiven(memory, "m499", "long", "x".repeat(1000), NOW);
  expect(Object.keys(memory.get("m499")?.given ?? {})).toHaveLength(8);
  expect(memory.get("m499")?.given).not.toHaveProperty("long");
});

test("feedback that is refused is forgotten", () => {
  const memory = readMemory(null, NOW);
  remember(memory, "m", "t", NOW);
  rememberGiven(memory, "m", "a", true, NOW);
  rememberGiven(memory, "m", "b", true, NOW);
  rememberGiven(memory, "m", "a", undefined, NOW);
  expect(memory.get("m")?.given).toEqual({ b: true });
});

test("whatever stands in the storage, it can be read", () => {
  const entry = fc.tuple(fc.anything(), fc.anything(), fc.anything(), fc.anything());
  const odd = fc.oneof(
    fc.string(),
    fc.json(),
    fc.array(entry).map((list) => JSON.stringify(list)),
  );
  fc.assert(
    fc.property(odd, (text) => {
      for (const { traceId, at, given } of readMemory(text, NOW).values()) {
        expect([typeof traceId, typeof at, typeof given]).toEqual(["string", "number", "object"]);
      }
    }),
  );
});
