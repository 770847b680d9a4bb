// The end of a request's time, of an isolate that runs and of one that stood still.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TimeLimit } from "../../../src/langfuse/time-limit.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

let now = 0;
const limit = (ms: number): TimeLimit => {
  now = 0;
  return new TimeLimit(ms, () => now);
};

it("ends the request in time", () => {
  const one = limit(100);
  now = 99;
  vi.advanceTimersByTime(99);
  expect([one.isOver, one.signal.aborted]).toEqual([false, false]);
  now = 100;
  vi.advanceTimersByTime(1);
  expect([one.isOver, one.signal.aborted]).toEqual([true, true]);
});

it("is over when the time is, though the timer has not rung", () => {
  const one = limit(100);
  now = 100;
  expect([one.isOver, one.signal.aborted]).toEqual([true, false]);
});

it("ends it a moment later where the timer is far too late: what came meanwhile is read first", () => {
  const one = limit(100);
  now = 20_000;
  vi.advanceTimersByTime(100);
  expect(one.signal.aborted).toBe(false);
  vi.advanceTimersByTime(250);
  expect(one.signal.aborted).toBe(true);
});

it("ends nothing that is over", () => {
  for (const late of [0, 20_000]) {
    const one = limit(100);
    now = late;
    if (late > 0) vi.advanceTimersByTime(100);
    one.clear();
    vi.runAllTimers();
    expect(one.signal.aborted).toBe(false);
  }
});
