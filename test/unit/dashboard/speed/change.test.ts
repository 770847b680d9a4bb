import { expect, it } from "vitest";
import { changeOf } from "../../../../src/dashboard/speed/change.ts";

it.each([
  [100, 80, true, "20 % less", "good"],
  [100, 130, true, "30 % more", "bad"],
  [20, 30, false, "50 % more", "good"],
  [100, 102, true, "about the same", "soft"],
  [1, 50, true, "over 10 times more", "bad"],
  [null, 5, true, "", "soft"],
  [0, 5, true, "", "soft"],
] as const)("from %s to %s", (before, after, isLessBetter, words, tone) => {
  expect(changeOf(before, after, isLessBetter)).toEqual({ words, tone });
});
