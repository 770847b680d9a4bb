import { expect, test, vi } from "vitest";
import { uniqueNames } from "../../../src/privacy/mask-json.ts";
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

test("credentials that stand deeper below their key, or are no text", () => {
  const headers = {
    authorization: { scheme: "Basic", value: "opensesame", parts: [["deep"]], valid: true },
    "x-api-key": 1234567890,
    "set-cookie": [{ name: "sid", value: "abc", maxAge: 60 }],
  };
  const masked = {
    authorization: { scheme: "[bearer]", value: "[bearer]", parts: [["[bearer]"]], valid: true },
    "x-api-key": "[bearer]",
    "set-cookie": [{ name: "[bearer]", value: "[bearer]", maxAge: "[bearer]" }],
  };
  expect(cleaned(ALL, { headers }).input).toEqual({ headers: masked });
  expect(cleaned(ALL, { headers: masked })).toEqual({ input: { headers: masked }, notes: [] });
});

test("credentials in lists, in text that is JSON", () => {
  const headers = {
    "set-cookie": ["sid=abc; Path=/", "b=2"],
    authorization: ["Basic b3BlbnNlc2FtZQ=="],
    accept: ["text/plain"],
  };
  const masked = {
    "set-cookie": ["[bearer]", "[bearer]"],
    authorization: ["Basic [bearer]"],
    accept: ["text/plain"],
  };
  for (const indent of [0, 2]) {
    const text = JSON.stringify({ headers }, null, indent);
    expect(cleaned(ALL, text).input).toBe(JSON.stringify({ headers: masked }, null, indent));
    const inside = JSON.stringify({ text });
    const kept = cleaned(ALL, inside).input as string;
    expect(JSON.parse((JSON.parse(kept) as { text: string }).text)).toEqual({ headers: masked });
  }
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

test("keys that are masked alike are numbered without counting from the first each time", () => {
  const looks = vi.spyOn(Set.prototype, "has");
  const unique = uniqueNames();
  const names = Array.from({ length: 1_000 }, () => unique("[email]"));
  const { length } = looks.mock.calls;
  looks.mockRestore();
  expect(names.slice(0, 3)).toEqual(["[email]", "[email] 2", "[email] 3"]);
  expect(new Set(names).size).toBe(1_000);
  // Whether it is taken, and whether the next number is.
  expect(length).toBeLessThanOrEqual(2 * 1_000);
});
