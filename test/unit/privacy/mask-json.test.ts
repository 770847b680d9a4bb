import fc from "fast-check";
import { expect, test } from "vitest";
import { DETECTOR_NAMES } from "../../../src/privacy/detectors.ts";
import { MASKED } from "./cases.ts";
import { cleaned, privacyOf } from "./masking.ts";

const ALL = { MASK: "all" };

test("texts at any depth, and nothing but texts", () => {
  const { input, notes } = cleaned(ALL, {
    messages: [{ role: "user", content: "I'm ada@example.com" }, "203.0.113.7"],
    temperature: 0.2,
    at: 1671234567890,
    stream: true,
    nothing: null,
  });
  expect(input).toEqual({
    messages: [{ role: "user", content: "I'm [email]" }, "[ip]"],
    temperature: 0.2,
    at: 1671234567890,
    stream: true,
    nothing: null,
  });
  expect(notes).toEqual(["input: masked 1 email, 1 ip"]);
});

test("keys too, and each stays a key of its own", () => {
  const { input, notes } = cleaned(ALL, {
    "ada@example.com": 1,
    "grace@example.com": 2,
    "[email]": 3,
    "[email] 2": 4,
    plain: 5,
  });
  expect(input).toEqual({
    "[email]": 1,
    "[email] 2": 2,
    "[email] 3": 3,
    "[email] 2 2": 4,
    plain: 5,
  });
  expect(notes).toEqual(["input: masked 2 email"]);
});

test("a number that is a card's, and no other", () => {
  const { input } = cleaned(ALL, [4111111111111111, 4111111111111112, 1671234567890, -1, 1e300]);
  expect(input).toEqual(["[card]", 4111111111111112, 1671234567890, -1, 1e300]);
  expect(cleaned({ MASK: "email" }, 4111111111111111).input).toBe(4111111111111111);
});

test("credentials that only their key tells", () => {
  const headers = {
    Authorization: "opensesame",
    cookie: ["a=b", ""],
    "x-api-key": "k",
    "content-type": "text/plain",
  };
  const masked = {
    Authorization: "[bearer]",
    cookie: ["[bearer]", ""],
    "x-api-key": "[bearer]",
    "content-type": "text/plain",
  };
  expect(cleaned(ALL, { headers }).input).toEqual({ headers: masked });
  expect(cleaned(ALL, { headers: masked })).toEqual({ input: { headers: masked }, notes: [] });
  expect(cleaned({ MASK: "email" }, { headers }).input).toEqual({ headers });
});

test("a key named __proto__ is a key", () => {
  const { input } = cleaned(ALL, JSON.parse('{"__proto__":{"a":"ada@example.com"}}'));
  expect(JSON.stringify(input)).toBe('{"__proto__":{"a":"[email]"}}');
  expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
});

test("what is hidden by signs that the edge takes out", () => {
  expect(cleaned(ALL, "ada\u0000@exam\u0000ple.com").input).toBe("[email]");
  const modelParameters = String.raw`{"stop":"ada\u0000@exam\u0000ple.com"}`;
  expect(privacyOf(ALL).clean({ modelParameters }, () => {})).toEqual({
    modelParameters: { stop: "[email]" },
  });
});

test("text that is JSON with escapes that hide something", () => {
  const hidden = String.raw`{"to":"ada\u0040example.com","phone":"\u002b49 30 1234567","db":"pg:\/\/a:pw@h"}`;
  expect(cleaned(ALL, hidden).input).toBe(
    '{"to":"[email]","phone":"[phone]","db":"pg://a:[key]@h"}',
  );
  // As a tool's arguments, which are JSON text in JSON text.
  const inside = JSON.stringify({ arguments: JSON.stringify({ db: "pg://a:pw@h" }) });
  const escaped = inside.replaceAll("/", String.raw`\\/`);
  expect(JSON.parse(JSON.parse(escaped).arguments)).toEqual({ db: "pg://a:pw@h" });
  expect(cleaned(ALL, escaped).input).toBe(inside.replace("pw", "[key]"));
  // What is no text stays as it is written, and so does JSON that is cut off.
  const large = String.raw`{ "id": 175928847299117063, "x": 1.0, "db": "pg:\/\/a:pw@h" }`;
  expect(cleaned(ALL, large).input).toBe(
    '{ "id": 175928847299117063, "x": 1.0, "db": "pg://a:[key]@h" }',
  );
  const cut = String.raw`[{"to":"ada\u0040example.com"},{"to":"gr`;
  expect(cleaned(ALL, cut).input).toBe('[{"to":"[email]"},{"to":"gr');
  const deep = `${"[".repeat(100_000)}"ada\\u0040example.com"`;
  expect(cleaned(ALL, deep).input).toBe(`${"[".repeat(100_000)}"[email]"`);
  // Nothing to mask, or no JSON: as it came.
  const harmless = String.raw` {"a": "\u0041", "path": "a\/b"}`;
  expect(cleaned(ALL, harmless).input).toBe(harmless);
  const prose = String.raw`the text \u0040 is no JSON`;
  expect(cleaned(ALL, prose).input).toBe(prose);
});

test("own patterns: a placeholder of their own, before the built-in ones", () => {
  const env = {
    MASK: "email",
    MASK_PATTERNS: JSON.stringify({ employee: String.raw`EMP-\d+`, project: "(?i)bluebird" }),
  };
  const { input, notes } = cleaned(env, "EMP-12 (emp-12@example.com) leads BlueBird");
  expect(input).toBe("[masked:employee] ([email]) leads [masked:project]");
  expect(notes).toEqual(["input: masked 1 employee, 1 project, 1 email"]);
  expect(cleaned(env, input)).toEqual({ input, notes: [] });
  const list = { MASK_PATTERNS: ["[0-9]{3}"] };
  expect(cleaned(list, "no. 123").input).toBe("no. [masked]");
});

test("an own pattern does not mask what masking left", () => {
  const env = { MASK: "all", MASK_PATTERNS: { word: "[a-z]+" } };
  const { input } = cleaned(env, "[email] ada");
  expect(input).toBe("[email] [masked:word]");
  expect(cleaned(env, input).input).toBe(input);
});

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
    { numRuns: 1500 },
  );
});

test("property: no text in the shape of an email address is left", () => {
  fc.assert(
    fc.property(value, (input) => {
      expect(JSON.stringify(cleaned({ MASK: "email" }, input).input)).not.toMatch(EMAIL_SHAPED);
    }),
    { numRuns: 1500 },
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
    { numRuns: 1000 },
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
    { numRuns: 500 },
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
    { numRuns: 1000 },
  );
});
