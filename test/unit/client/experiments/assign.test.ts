// The same variant for the same id everywhere; evenly, and each experiment by itself.
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { assign } from "../../../../src/client/experiments/assign.ts";
import { KNOWN_ANSWERS } from "./known-answers.ts";

/** Where one of a million fair assignments would be called unfair: chi-squared, by degrees of freedom. */
const CHI_SQUARED_LIMIT: Record<number, number> = { 1: 23.93, 2: 27.63, 3: 30.66, 4: 33.38 };

const IDS = Array.from({ length: 100_000 }, (_, n) => `user-${n}@example.com`);

function chiSquared(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
}
const countOf = (values: readonly string[], value: string): number =>
  values.filter((one) => one === value).length;

test.each(KNOWN_ANSWERS)("$name of $variants.length for $id: $variant", (known) => {
  expect(assign(known.name, known.variants, known.id, known.weights)).toBe(known.variant);
});

describe("100,000 ids", () => {
  const tone = IDS.map((id) => assign("tone", ["plain", "friendly"], id));

  test("are spread evenly", () => {
    const counts = [countOf(tone, "plain"), countOf(tone, "friendly")];
    expect(chiSquared(counts, [50_000, 50_000])).toBeLessThan(CHI_SQUARED_LIMIT[1]!);
  });

  test("are spread by weights", () => {
    const weights = [0.5, 0.3, 0.15, 0.05];
    const variants = ["a", "b", "c", "d"];
    const got = IDS.map((id) => assign("weighted", variants, id, weights));
    const counts = variants.map((variant) => countOf(got, variant));
    const expected = weights.map((weight) => weight * IDS.length);
    expect(chiSquared(counts, expected)).toBeLessThan(CHI_SQUARED_LIMIT[3]!);
  });

  test("of one experiment say nothing about another, however alike their names are", () => {
    const other = IDS.map((id) => assign("tone2", ["plain", "friendly"], id));
    const cells = ["plain", "friendly"].flatMap((a) =>
      ["plain", "friendly"].map(
        (b) => IDS.filter((_, n) => tone[n] === a && other[n] === b).length,
      ),
    );
    expect(chiSquared(cells, [25_000, 25_000, 25_000, 25_000])).toBeLessThan(CHI_SQUARED_LIMIT[3]!);
  });
});

test("numbers that count up are spread as evenly", () => {
  const got = Array.from({ length: 10_000 }, (_, n) => assign("tone", ["a", "b"], String(n)));
  expect(chiSquared([countOf(got, "a"), countOf(got, "b")], [5000, 5000])).toBeLessThan(23.93);
});

test("any name, id and weights give one of the variants, always the same, and never one of weight 0", () => {
  const weight = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e9, noNaN: true }));
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "binary" }),
      fc.array(weight, { minLength: 1, maxLength: 6 }),
      (name, id, weights) => {
        const variants = weights.map((_, i) => i);
        const got = assign(name, variants, id, weights);
        expect(variants).toContain(got);
        expect(assign(name, variants, id, weights)).toBe(got);
        if (weights.some((one) => one > 0)) expect(weights[got]).toBeGreaterThan(0);
      },
    ),
  );
});

test("to give one variant more weight moves nobody away from it", () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 99 }), (id, percent) => {
      const before = assign("rollout", ["new", "old"], id, [percent, 100 - percent]);
      const after = assign("rollout", ["new", "old"], id, [percent + 1, 99 - percent]);
      if (before === "new") expect(after).toBe("new");
    }),
  );
});

test("odd weights count as none, and without any all variants have the same", () => {
  const odd = [Number.NaN, -1, undefined as unknown as number];
  for (const id of IDS.slice(0, 50)) {
    expect(assign("odd", ["a", "b", "c"], id, [...odd.slice(0, 2), 1])).toBe("c");
    expect(assign("odd", ["a", "b", "c"], id, odd)).toBe(assign("odd", ["a", "b", "c"], id));
    expect(assign("odd", ["a", "b"], id, [Infinity, 1])).toBe(assign("odd", ["a", "b"], id));
  }
  expect(assign("odd", [], "ada")).toBeUndefined();
});
