import { expect, test } from "vitest";
import { scoreOf } from "../../../../src/dashboard/experiments/score-of.ts";
import type { Estimate } from "../../../../src/protocol/figures/body/experiments.ts";

const estimate: Estimate = { value: 1, low: 0, high: 2, n: 9, enough: true };

test.each(["stars", "constructor", "toString"])("a score %s is the variant's own", (name) => {
  expect(scoreOf({ scores: { [name]: estimate } }, name)).toBe(estimate);
  expect(scoreOf({ scores: {} }, name)).toBeUndefined();
});
