import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { whenParentEnds } from "../../../src/stopping/when-parent-ends.ts";

let parent = 4711;
const ended = vi.fn<() => void>();

beforeEach(() => {
  vi.useFakeTimers();
  ended.mockClear();
  parent = 4711;
});
afterEach(() => vi.useRealTimers());

it("tells once that the parent has ended", () => {
  whenParentEnds(ended, () => parent);
  vi.advanceTimersByTime(60_000);
  expect(ended).not.toHaveBeenCalled();
  parent = 1;
  vi.advanceTimersByTime(60_000);
  expect(ended).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

it("tells of a parent that ended before the watch began", () => {
  parent = 1;
  whenParentEnds(ended, () => parent, 4711);
  vi.advanceTimersByTime(500);
  expect(ended).toHaveBeenCalledTimes(1);
});

it("tells nothing once it is ended", () => {
  whenParentEnds(ended, () => parent)();
  parent = 1;
  vi.advanceTimersByTime(60_000);
  expect(ended).not.toHaveBeenCalled();
});
