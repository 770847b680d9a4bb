import { expect, test } from "vitest";
import { afterEnd, FRESH, type RestartState } from "../../../../src/serve/runtime/restart-rule.ts";

const died = { listened: true, lifeMs: 1000 };

test("the waits grow up to a bound, and begin anew after a long life", () => {
  let state: RestartState = FRESH;
  const waits: number[] = [];
  for (let n = 0; n < 10; n += 1) {
    const next = afterEnd(state, died);
    if (next === "give up") throw new Error("it had listened");
    state = next.state;
    waits.push(next.waitMs);
  }
  expect(waits).toEqual([200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  expect(afterEnd(state, { listened: true, lifeMs: 60_000 })).toMatchObject({ waitMs: 200 });
});

test("one that never listened is given up, one that has never is", () => {
  const never = { listened: false, lifeMs: 50 };
  const first = afterEnd(FRESH, never);
  const second = first === "give up" ? first : afterEnd(first.state, never);
  expect(second).not.toBe("give up");
  expect(second === "give up" || afterEnd(second.state, never)).toBe("give up");
  const once = afterEnd(FRESH, died);
  let state = once === "give up" ? FRESH : once.state;
  for (let n = 0; n < 20; n += 1) {
    const next = afterEnd(state, never);
    if (next === "give up") throw new Error("it had listened before");
    state = next.state;
  }
});
