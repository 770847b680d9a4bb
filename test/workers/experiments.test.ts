// Variants in Workers: the browser library's own function, where there is no page.
import { expect, it } from "vitest";
import { variant } from "../../src/client/experiments.ts";
import { KNOWN_ANSWERS } from "../unit/client/experiments/known-answers.ts";

it("are those of every other place", () => {
  for (const { name, variants, id, weights = [], variant: known } of KNOWN_ANSWERS) {
    const options = weights.length > 0 ? { id, weights } : { id };
    // An empty id is an id as well.
    expect(variant(name, variants, options)).toBe(known);
  }
  expect(["a", "b"]).toContain(variant("tone", ["a", "b"]));
});
