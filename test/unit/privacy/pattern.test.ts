import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePattern, MAX_STEPS } from "../../../src/privacy/pattern/compile.ts";
import { findMatches } from "../../../src/privacy/pattern/find-matches.ts";
import { runs } from "../../support/runs.ts";

const OPEN = { left: false, right: false };
const coveredBy = (pattern: string, text: string, edges = OPEN): string[] =>
  findMatches(compilePattern(pattern), text, edges).map(({ start, end }) => text.slice(start, end));

test.each([
  ["EMP-[0-9]{5}", "EMP-12345 and EMP-123456", ["EMP-12345", "EMP-12345"]],
  [String.raw`\bEMP-\d+\b`, "EMP-12345, XEMP-1, EMP-12a", ["EMP-12345"]],
  ["(?i)emp", "EMP emp eMp", ["EMP", "emp", "eMp"]],
  ["^ab|ab$", "ab ab ab", ["ab", "ab"]],
  ["a.b", "a\nb axb", ["axb"]],
  ["(?:foo|foobar)", "foobar", ["foobar"]],
  [String.raw`\p{Lu}{2}`, "ÄÖ äö", ["ÄÖ"]],
  ["😀+", "x😀😀y", ["😀😀"]],
  [String.raw`[\]x]+`, "a]x]b", ["]x]"]],
  [String.raw`\u{1F600}|\x41|\u0042`, "A😀B", ["A", "😀", "B"]],
  ["(?<year>[0-9]{4})-", "2026-11", ["2026-"]],
  ["a{0}b{2,}", "bbb", ["bbb"]],
  ["b|abc", "abc", ["abc"]],
  ["ab|bc|cd", "abcd", ["abcd"]],
  ["a|", "ba", ["a"]],
  [String.raw`\Bx`, "x ax", ["x"]],
  [String.raw`\bEMP`, String.raw`"\nEMP"`, ["EMP"]],
])("%s covers in %j", (pattern, text, covered) => {
  expect(coveredBy(pattern, text)).toEqual(covered);
});

test.each([
  ["(", /not a regular expression/],
  ["a**", /not a regular expression/],
  ["(?=a)b", /looks ahead/],
  ["(?<!a)b", /looks ahead/],
  ["(?i:a)", /flags/],
  [String.raw`(a)\1`, /back/],
  [String.raw`(?<n>a)\k<n>`, /back/],
  ["a+?", /lazy/],
  ["a{2,3}?", /lazy/],
  ["(?:(?:a{100}){100}){100}", /too large/],
  ["(?:(?:(?:){1000}){1000}){1000}a", /too large/],
  [`a{${MAX_STEPS + 1}}`, /too large/],
  ["a".repeat(1001), /longer than/],
  ["", /matches nothing/],
  [String.raw`\b`, /matches nothing/],
])("%s is refused", (pattern, message) => {
  expect(() => compilePattern(pattern)).toThrow(message);
});

describe("against the platform's own engine", () => {
  const atom = fc.constantFrom(
    ..."a|b|1|.|[ab]|[^a]|\\d|\\w|\\s|\\b|\\B|^|$|é|(?:a|ab)|(b|)|(?:a1)".split("|"),
  );
  const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{1,2}", "{2,}");
  const isAssertion = (one: string): boolean => ["\\b", "\\B", "^", "$"].includes(one);
  const piece = fc
    .tuple(atom, quantifier)
    .map(([one, times]) => (isAssertion(one) ? one : one + times));
  const sequence = fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
  const pattern = fc
    .tuple(sequence, sequence, fc.boolean())
    .map(([one, other, both]) => (both ? `${one}|${other}` : one))
    .filter((source) => {
      try {
        return compilePattern(source).steps.length > 1;
      } catch {
        return false;
      }
    });
  const text = fc
    .array(fc.constantFrom("a", "b", "1", " ", "\n", "é", "😀"), { maxLength: 8 })
    .map((parts) => parts.join(""));

  const lengthOf = (given: string): number => Array.from(given).length;
  /** All that any match of whatever length covers, place by place. */
  function coveredPlaces(source: string, given: string): boolean[] {
    const length = lengthOf(given);
    const covered = Array.from({ length }, () => false);
    for (let start = 0; start < length; start += 1) {
      for (let end = start + 1; end <= length; end += 1) {
        const [before, behind] = [`(?<=^[^]{${start}})`, `(?=[^]{${length - end}}$)`];
        if (new RegExp(`${before}(?:${source})${behind}`, "u").test(given)) {
          covered.fill(true, start, end);
        }
      }
    }
    return covered;
  }

  test("property: covers what any match covers, and nothing else", () => {
    fc.assert(
      fc.property(pattern, text, (source, given) => {
        const covered = Array.from(given, () => false);
        for (const { start, end } of findMatches(compilePattern(source), given, OPEN)) {
          covered.fill(true, lengthOf(given.slice(0, start)), lengthOf(given.slice(0, end)));
        }
        expect(covered).toEqual(coveredPlaces(source, given));
      }),
      { numRuns: runs(500) },
    );
  });
});
