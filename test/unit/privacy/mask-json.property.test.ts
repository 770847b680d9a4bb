import fc from "fast-check";
import { expect, test } from "vitest";
import { DETECTOR_NAMES } from "../../../src/privacy/detectors.ts";
import { MASKED } from "./cases.ts";
import { cleaned, privacyOf } from "./masking.ts";
import { runs } from "../../support/runs.ts";

const ALL = { MASK: "all" };

/** Texts that are made to be mistaken: pieces of all cases, glued and cut. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...DETECTOR_NAMES.flatMap((name) => MASKED[name].map(([given]) => given))),
      fc.constantFrom(
        " ",
        "-",
        ".",
        "@",
        ":",
        "/",
        "\\n",
        "0",
        "49",
        "x",
        "[email]",
        "é",
        "😀",
        '"',
      ),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 8 },
  )
  .chain((parts) =>
    fc.nat(20).map((from) => parts.join("").slice(from % (parts.join("").length + 1))),
  );
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    text,
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4 }),
  ),
})).value;
const env = fc.constantFrom<Record<string, unknown>[]>(
  ALL,
  { MASK: "phone, card" },
  { MASK: "all", MASK_PATTERNS: { digits: String.raw`\b\d{2,}`, word: "[a-z]+x|^a|b$" } },
  { MASK_PATTERNS: ["a.*b", String.raw`\w+@`] },
);

/** What stands behind a backslash is an escape's letter, not an address's. */
const EMAIL_SHAPED = /(?<!\\)[a-z0-9][a-z0-9._+-]*@[a-z0-9][a-z0-9.-]*\.[a-z]{2}/i;

test("property: masked twice is masked once, and nothing is noted the second time", () => {
  fc.assert(
    fc.property(env, value, (given, input) => {
      const once = cleaned(given, input);
      // Values that the edge makes safe are noted by themselves.
      const twice = cleaned(given, once.input);
      expect(twice.input).toEqual(once.input);
      expect(twice.notes).toEqual([]);
    }),
    { numRuns: runs(1500) },
  );
});

test("property: no text in the shape of an email address is left", () => {
  fc.assert(
    fc.property(value, (input) => {
      expect(JSON.stringify(cleaned({ MASK: "email" }, input).input)).not.toMatch(EMAIL_SHAPED);
    }),
    { numRuns: runs(1500) },
  );
});

test("property: no escape hides anything, however often JSON text is folded into JSON text", () => {
  const known = fc.constantFrom(...MASKED.email, ...MASKED.phone, ...MASKED.bearer);
  const plain = known.filter(([given]) => !given.includes("\\"));
  const folded = (inner: string, escaped: readonly RegExp[]): string =>
    escaped.reduce(
      (text, signs) =>
        JSON.stringify({ text }).replace(
          signs,
          (sign) => String.raw`\u00` + sign.charCodeAt(0).toString(16),
        ),
      inner,
    );
  const unfolded = (text: string, times: number): unknown =>
    times === 0 ? text : unfolded((JSON.parse(text) as { text: string }).text, times - 1);
  const signs = fc.constantFrom(/[@+/=]/g, /[a-f0-9.@]/g, /[@ ]/g, /$^/g);
  fc.assert(
    fc.property(plain, fc.array(signs, { minLength: 1, maxLength: 4 }), ([given], escaped) => {
      const text = folded(given, escaped);
      expect(unfolded(text, escaped.length)).toBe(given);
      const { input } = cleaned(ALL, text);
      expect(unfolded(String(input), escaped.length)).toBe(cleaned(ALL, given).input);
      expect(cleaned(ALL, input).input).toBe(input);
    }),
    { numRuns: runs(1000) },
  );
});

test("property: lists and objects keep their shape", () => {
  const shapeOf = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(shapeOf);
    if (typeof one === "object" && one !== null) return Object.values(one).map(shapeOf);
    return "value";
  };
  fc.assert(
    fc.property(env, value, (given, input) => {
      expect(shapeOf(cleaned(given, input).input)).toEqual(shapeOf(input));
    }),
    { numRuns: runs(500) },
  );
});

test("property: nothing that a client sends makes it throw", () => {
  const privacy = privacyOf({ ...ALL, DROP_FIELDS: "**.a, input.*.b, metadata" });
  const data = fc.dictionary(
    fc.constantFrom(
      "input",
      "output",
      "metadata",
      "tags",
      "value",
      "modelParameters",
      "userId",
      "x",
    ),
    fc.oneof(value, fc.anything()),
  );
  fc.assert(
    fc.property(data, (given) => {
      privacy.clean(given, () => {});
    }),
    { numRuns: runs(1000) },
  );
});
