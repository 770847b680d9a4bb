// The clock of a session over the storage that keeps its steps: an instance that comes later goes on from there.
import fc from "fast-check";
import { expect, it } from "vitest";
import { STEP_TOLERANCE_MS } from "../../../../src/session/deadlines/session-time.ts";
import { NOW } from "../arbitrary.ts";
import { MemoryStorage } from "../journal/memory-storage.ts";
import { fresh } from "../support.ts";

const HOUR = 3_600_000;

const moveArb = fc.record({
  /** Steps of the clock, back or forward, and time that passes. */
  stepMs: fc.oneof(fc.constant(0), fc.integer({ min: -HOUR, max: HOUR }), fc.nat(1_000)),
  passesMs: fc.nat(120_000),
  evicted: fc.boolean(),
});

it("never goes back, and stands still no longer than lesser steps are waited out", () => {
  fc.assert(
    fc.property(fc.array(moveArb, { maxLength: 30 }), (moves) => {
      const storage = new MemoryStorage();
      let clock = NOW;
      const newClock = () => storage.clock(() => clock);
      let instance = newClock();
      const state = { ...fresh(), t: NOW };
      const look = (): number => {
        const time = instance.now(state, undefined);
        expect(time).toBeGreaterThanOrEqual(state.t);
        expect(time).toBeGreaterThanOrEqual(clock);
        state.t = time;
        return time;
      };
      for (const { stepMs, passesMs, evicted } of moves) {
        clock += stepMs;
        const before = look();
        clock += passesMs;
        if (evicted) instance = newClock();
        const passed = look() - before;
        expect(passed).toBeGreaterThanOrEqual(Math.floor(passesMs / 2) - STEP_TOLERANCE_MS);
      }
    }),
  );
});

it("writes nothing while the clock goes on, and once for a step", () => {
  const storage = new MemoryStorage();
  let clock = NOW;
  const state = { ...fresh(), t: NOW };
  const instance = storage.clock(() => clock);
  for (const ms of [0, 1_000, -STEP_TOLERANCE_MS, 500]) {
    clock += ms;
    state.t = instance.now(state, undefined);
  }
  expect(storage.writes).toBe(0);
  clock -= HOUR;
  for (let calls = 0; calls < 10; calls += 1) {
    state.t = instance.now(state, undefined);
    clock += 60_000;
  }
  expect(storage.writes).toBe(1);
});

it("knows of no step that it could not note", () => {
  const storage = new MemoryStorage();
  storage.failsAt = 1;
  const state = { ...fresh(), t: NOW + HOUR };
  const instance = storage.clock(() => NOW);
  expect(() => instance.now(state, undefined)).toThrow("storage");
  expect(instance.now(state, undefined)).toBe(NOW + HOUR);
  expect(storage.writes).toBe(2);
});
