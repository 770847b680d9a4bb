import { expect, it } from "vitest";
import { inParallel } from "../../../src/delivery/in-parallel.ts";

it("works on every item once, at most so many at a time", async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    await Promise.resolve();
    running -= 1;
    done.push(item);
  });
  expect(new Set(done)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
  expect(done).toHaveLength(7);
  expect(most).toBe(3);
});

it("takes no items", async () => {
  await inParallel([], 3, () => Promise.reject(new Error("never called")));
});
