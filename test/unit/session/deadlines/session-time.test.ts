// A session's time after a step back of the clock: it goes on at half the clock's pace until both agree.
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  type ClockStep,
  clockTimeOf,
  sessionTime,
} from "../../../../src/session/deadlines/session-time.ts";
import { NOW } from "../arbitrary.ts";

const stepArb = fc.record<ClockStep>({
  at: fc.integer({ min: NOW, max: NOW + 1_000_000 }),
  aheadMs: fc.integer({ min: 1, max: 10_000_000 }),
});

it("is the clock's where no step was noticed", () => {
  expect([sessionTime(undefined, NOW), clockTimeOf(undefined, NOW)]).toEqual([NOW, NOW]);
});

it("begins where it was, never goes back, and goes at half the clock's pace or at all of it", () => {
  fc.assert(
    fc.property(stepArb, fc.nat(30_000_000), fc.nat(100_000), (step, since, ms) => {
      expect(sessionTime(step, step.at)).toBe(step.at + step.aheadMs);
      const clock = step.at + since;
      const passed = sessionTime(step, clock + ms) - sessionTime(step, clock);
      expect(passed).toBeGreaterThanOrEqual(Math.floor(ms / 2));
      expect(passed).toBeLessThanOrEqual(ms);
    }),
  );
});

it("is the clock's again after twice the step, wherever that steps to", () => {
  fc.assert(
    fc.property(stepArb, fc.nat(30_000_000), (step, more) => {
      const clock = step.at + 2 * step.aheadMs + more;
      expect(sessionTime(step, clock)).toBe(clock);
    }),
  );
});

it("is found on the clock", () => {
  fc.assert(
    fc.property(stepArb, fc.nat(30_000_000), (step, later) => {
      const time = step.at + step.aheadMs + later;
      const clock = clockTimeOf(step, time);
      expect(sessionTime(step, clock)).toBe(time);
      // No sooner: an alarm of that moment finds it due.
      expect(sessionTime(step, clock - 2)).toBeLessThan(time);
    }),
  );
});
