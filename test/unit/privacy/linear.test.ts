// No text, however it is made, costs more than its length times a small number: counted in
// characters read, so that no clock is needed.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DETECTOR_NAMES, DETECTORS } from "../../../src/privacy/detectors.ts";
import { compilePattern, MAX_STEPS } from "../../../src/privacy/pattern/compile.ts";
import { findMatches } from "../../../src/privacy/pattern/find-matches.ts";
import { countingText } from "./steps.ts";
import { runs } from "../../support/runs.ts";

const OPEN = { left: false, right: false };
/** What scanners look for, and what could make them look again and again. */
const FRAGMENTS = [
  ...'a0 1 4 + - . : @ / ( ) _ = eyJ " \\ \n é'.split(" "),
  ..."%40|://|sk-|AKIA|SG.|xoxb-|ghp_|-----BEGIN |-----END|PRIVATE KEY-----|bearer |Basic ".split(
    "|",
  ),
  ..."authorization: |cookie:|x-api-key=|bearer+|DE89|3704 |4111 |4111-|0171 |+49|00|1.2.|::".split(
    "|",
  ),
  ...["authorization:", "Bearer", "cookie: [", "cookie: a=b,"].map(
    (word) => word + " ".repeat(500),
  ),
  ..."fe80:|eyJa.|aaaaaaaaaaaaaaaa|0000000000000000|\\n|\\u00e9|version |://a:|[email]".split("|"),
];
const LENGTH = 20_000;
/** Steps a character, at most; prose takes 1 to 4. */
const MOST = 100;

const repeated = (unit: string): string => unit.repeat(Math.ceil(LENGTH / unit.length));
const stepsOf = (name: (typeof DETECTOR_NAMES)[number], text: string): number => {
  const counting = countingText(text);
  DETECTORS[name](counting.text, OPEN);
  return counting.steps() / text.length;
};

describe.each(DETECTOR_NAMES)("%s", (name) => {
  test.each(FRAGMENTS)("over and over: %j", (unit) => {
    expect(stepsOf(name, repeated(unit))).toBeLessThan(MOST);
  });

  test("property: any few fragments, over and over", () => {
    const units = fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(units, (unit) => {
        expect(stepsOf(name, repeated(unit.join("")))).toBeLessThan(MOST);
      }),
      { numRuns: runs(150) },
    );
  });

  test("property: twice the text, about twice the steps", () => {
    const units = fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(units, (unit) => {
        const text = unit.join("").repeat(400);
        const [once, twice] = [stepsOf(name, text), stepsOf(name, text + text)];
        expect(twice).toBeLessThan(once * 1.1 + 1);
      }),
      { numRuns: runs(50) },
    );
  });
});

// What makes a backtracking engine take exponential time, and one that searches match after match
// take quadratic time.
const PATTERNS: readonly (readonly [pattern: string, unit: string])[] = [
  ["(a+)+$", "a"],
  ["(a|aa)+$", "a"],
  ["(a*)*b", "a"],
  [String.raw`AB\d{3}(.*END)?`, "AB123"],
  ["(?i)token(=.*;)?", "token="],
  ["x[^y]*y|x", "x"],
  ["(x+x+)+y", "x"],
  [String.raw`(\w+\s?){1,20}!`, "word "],
  ["(.*)(.*)(.*)z", "a"],
  [String.raw`\b\w{1,90}@`, "a"],
];
/** The program, and how often a state of it was asked whether it reads a character. */
function countingProgram(pattern: string) {
  let asked = 0;
  const program = compilePattern(pattern);
  const fits = new Proxy(program.fits, {
    get(target, key) {
      asked += 1;
      return Reflect.get(target, key, target) as unknown;
    },
  });
  return { program: { ...program, fits }, asked: () => asked };
}

test.each(PATTERNS)("pattern %s over %j asks each state once a place", (pattern, unit) => {
  const text = unit.repeat(200);
  const { program, asked } = countingProgram(pattern);
  findMatches(program, text, OPEN);
  expect(asked()).toBeGreaterThan(0);
  const states = program.steps.filter(({ op }) => op === "read").length;
  expect(asked()).toBeLessThanOrEqual(states * text.length);
});

test.each(PATTERNS)("pattern %s over %j", (pattern, unit) => {
  const counting = countingText(unit.repeat(5_000));
  findMatches(compilePattern(pattern), counting.text, OPEN);
  // A read, a look at what is before it, and assertions: all by position, none by a way to match.
  expect(counting.steps() / counting.text.length).toBeLessThan(20);
});

test("property: a pattern's states are reached at most once a place", () => {
  const part = fc.constantFrom("a", "b", "[ab]", ".", "(a|b)", "a*", "(a|ab)*", "(b?a)+", "a{2,5}");
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
      const program = compilePattern(parts.join(""));
      expect(program.steps.length).toBeLessThanOrEqual(MAX_STEPS);
      const counting = countingText("ab".repeat(2_000));
      findMatches(program, counting.text, OPEN);
      expect(counting.steps() / counting.text.length).toBeLessThan(8);
    }),
  );
});
