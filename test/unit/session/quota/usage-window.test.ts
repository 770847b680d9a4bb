import { expect, it } from "vitest";
import { MINUTE_MS, EMPTY_WINDOW, addUsage } from "../../../../src/session/quota/usage-window.ts";

const START = 29_000_000 * MINUTE_MS;
const NONE = { actions: 0, bytes: 0 };

it("adds up what a minute took, from its first moment to its last", () => {
  const used = addUsage(addUsage(EMPTY_WINDOW, START, 2, 300), START + MINUTE_MS - 1, 1, 50);
  expect(used).toEqual({ minute: 29_000_000, actions: 3, bytes: 350, before: NONE });
  // What a clock that went back takes is of the minute that was reached.
  expect(addUsage(used, START - 1, 1, 1)).toEqual({ ...used, actions: 4, bytes: 351 });
});

it("knows what the minute before took, and nothing of those before that", () => {
  const used = addUsage(EMPTY_WINDOW, START, 3, 350);
  const before = { actions: 3, bytes: 350 };
  const next = addUsage(used, START + MINUTE_MS, 1, 10);
  expect(next).toEqual({ minute: 29_000_001, actions: 1, bytes: 10, before });
  for (const earlier of [used, next]) {
    const later = addUsage(earlier, START + 3 * MINUTE_MS, 1, 10);
    expect(later).toEqual({ minute: 29_000_003, actions: 1, bytes: 10, before: NONE });
  }
});
