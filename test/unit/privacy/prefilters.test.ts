// A quick look spares most texts the detectors. What is masked must be what would be masked if every
// detector read every text.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DetectorName, DETECTOR_NAMES, DETECTORS } from "../../../src/privacy/detectors.ts";
import { type Detector, makeMaskText } from "../../../src/privacy/mask-text.ts";
import { compilePattern } from "../../../src/privacy/pattern/compile.ts";
import { findMatches } from "../../../src/privacy/pattern/find-matches.ts";
import { unescapeJson } from "../../../src/privacy/unescape-json.ts";
import { GLUED, MASKED, UNTOUCHED } from "./cases.ts";
import { privacyOf } from "./masking.ts";
import { runs } from "../../support/runs.ts";

type Mask = (text: string) => string;

/** Every detector reads every text. */
function unsparing(names: readonly DetectorName[], own: readonly string[]): Mask {
  const patterns = own.map((source): Detector => {
    const program = compilePattern(source);
    return { name: "masked", placeholder: "[masked]", scan: (t, e) => findMatches(program, t, e) };
  });
  const built = DETECTOR_NAMES.filter((name) => names.includes(name)).map((name): Detector => ({
    name,
    placeholder: `[${name}]`,
    scan: DETECTORS[name],
  }));
  const placeholder = patterns.length > 0 ? ["masked"] : [];
  const known = [...placeholder, "dropped", ...DETECTOR_NAMES];
  const mask = makeMaskText([...patterns, ...built], known);
  return (given) => {
    const plain = unescapeJson(given);
    const masked = mask(plain, () => {});
    return masked === plain ? given : masked;
  };
}

const OWN: readonly (readonly [what: string, own: readonly string[]])[] = [
  ["no own pattern", []],
  ["some with edges", [String.raw`\b\d{2,}\B`, "^a|b$"]],
  ["some that reach far", ["a.*b", String.raw`\w+@`, "[^a-z]x"]],
];

/** Signs that look like others, and what stands at the borders of a value. */
const ODD =
  String.raw`0 1 7 9 . : / @ + - _ = % \ [ ] " ' a A e E k K y J é İ ſ ٣ ４ ＠ ． %40 [email] [masked]`
    .split(" ")
    .concat(" ", "\u212a", "\u00a0", "\u2009", "\u200b", "\n", "\t", "\ud83d", "😀", "");
const edit = fc.record({ at: fc.nat(200), cut: fc.nat(2), odd: fc.constantFrom(...ODD) });
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;
const OTHERS = [...GLUED, ...UNTOUCHED.map(([, given]) => given)];

/** Texts that these detectors find something in, and such as are almost those: edited, cut and glued. */
function textFor(names: readonly DetectorName[]): fc.Arbitrary<string> {
  const cases = names.flatMap((name) => MASKED[name].map(([given]) => given));
  const given = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...cases) },
    fc.constantFrom(...OTHERS),
  );
  const edited = fc
    .tuple(given, fc.array(edit, { maxLength: 2 }))
    .map(([text, edits]) => edits.reduce(editedBy, text));
  const slice = fc
    .tuple(edited, fc.nat(), fc.nat(12))
    .map(([text, from, length]) => text.slice(from % (text.length + 1)).slice(0, length));
  return fc
    .array(fc.oneof({ weight: 2, arbitrary: edited }, slice, fc.constantFrom(...ODD)), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts) => parts.join(""));
}

function editedBy(text: string, { at, cut, odd }: Edit): string {
  const place = at % (text.length + 1);
  return text.slice(0, place) + odd + text.slice(place + cut);
}

describe.each([...DETECTOR_NAMES, "all" as const])("%s", (mask) => {
  const names = mask === "all" ? DETECTOR_NAMES : [mask];
  test.each(OWN)("property: masks what it masks unspared, beside %s", (_what, own) => {
    const { mask: spared } = privacyOf({ MASK: mask, MASK_PATTERNS: own });
    const whole = unsparing(names, own);
    let found = 0;
    fc.assert(
      fc.property(textFor(names), (one) => {
        const masked = whole(one);
        if (masked !== one) found += 1;
        expect(spared(one)).toBe(masked);
      }),
      { numRuns: runs(1000) },
    );
    expect(found).toBeGreaterThan(50);
  });

  test("however short a text is", () => {
    const { mask: spared } = privacyOf({ MASK: mask });
    const whole = unsparing(names, []);
    for (const one of shortTexts([":", "1", ".", "@", "a", "0"], 5))
      expect(spared(one)).toBe(whole(one));
  });
});

/** Every text of up to so many of these signs. */
function shortTexts(signs: readonly string[], length: number): string[] {
  if (length === 0) return [""];
  const shorter = shortTexts(signs, length - 1);
  const longest = shorter.filter((one) => one.length === length - 1);
  return [...shorter, ...longest.flatMap((one) => signs.map((sign) => one + sign))];
}
