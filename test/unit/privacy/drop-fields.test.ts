import { expect, test } from "vitest";
import { cleaned, privacyOf } from "./masking.ts";

const dropping = (DROP_FIELDS: string, input: unknown): unknown =>
  cleaned({ DROP_FIELDS }, input).input;

test.each([
  ["input.user.email", { user: { email: "x", id: 7 } }, { user: { email: "[dropped]", id: 7 } }],
  ["INPUT.User.EMAIL", { user: { eMail: "x" } }, { user: { eMail: "[dropped]" } }],
  ["input.*.ssn", { a: { ssn: { n: 1 } }, ssn: 2 }, { a: { ssn: "[dropped]" }, ssn: 2 }],
  [
    "input.messages.*.content",
    { messages: [{ content: "x" }] },
    { messages: [{ content: "[dropped]" }] },
  ],
  ["input.0", ["a", "b"], ["[dropped]", "b"]],
  [
    "input.**.password",
    { password: 1, a: [{ b: { password: 2 } }] },
    { password: "[dropped]", a: [{ b: { password: "[dropped]" } }] },
  ],
  ["**.password", { a: { password: 2 } }, { a: { password: "[dropped]" } }],
  [
    "*.password",
    { password: 1, a: { password: 2 } },
    { password: "[dropped]", a: { password: 2 } },
  ],
  [String.raw`input.a\.b`, { "a.b": 1, a: { b: 2 } }, { "a.b": "[dropped]", a: { b: 2 } }],
  ["input", { a: 1 }, "[dropped]"],
  ["**.input", { a: 1 }, "[dropped]"],
  ["input.*", { a: 1, b: [2] }, { a: "[dropped]", b: "[dropped]" }],
  ["input.a.b.c", { a: { b: "text" } }, { a: { b: "text" } }],
  ["output", { a: 1 }, { a: 1 }],
  ["input.__proto__", JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":"[dropped]"}')],
])("%s", (path, input, left) => {
  expect(dropping(path, input)).toEqual(left);
});

test("a text that is JSON is looked into, and rewritten only where something is dropped", () => {
  const path = "input.messages.*.content";
  const text = JSON.stringify({ messages: [{ role: "user", content: "x" }] });
  expect(dropping(path, text)).toBe('{"messages":[{"role":"user","content":"[dropped]"}]}');
  expect(dropping(path, ' { "a" :  1 }')).toBe(' { "a" :  1 }');
  expect(dropping(path, "{not json")).toBe("{not json");
  expect(dropping("input.a", `${" ".repeat(1000)}{"a":1}`)).toBe('{"a":"[dropped]"}');
  expect(dropping("**.a", JSON.stringify({ b: JSON.stringify({ a: 1 }) }))).toBe(
    JSON.stringify({ b: JSON.stringify({ a: "[dropped]" }) }),
  );
});

test("JSON text that is too deep to be looked into is dropped", () => {
  const deep = `${'{"b":'.repeat(50_000)}1${"}".repeat(50_000)}`;
  const left = dropping("**.a", deep);
  expect(String(left).length).toBeLessThan(1000);
  expect(left).toContain("[dropped]");
});

test("each field of an action, with what stands in its place", () => {
  const notes: string[] = [];
  const privacy = privacyOf({
    DROP_FIELDS: "output, metadata.a, statusMessage, comment, tags, modelParameters.user, userId",
    MASK: "email",
  });
  const data = {
    traceId: "ada@example.com",
    name: "ada@example.com",
    input: "ada@example.com",
    output: "x",
    metadata: { a: "x", b: "ada@example.com" },
    statusMessage: "x",
    comment: "x",
    tags: ["x"],
    modelParameters: '{"user":"ada","stop":"ada@example.com"}',
    userId: "ada@example.com",
    sessionId: "ada@example.com",
    model: "ada@example.com",
    value: 4111111111111111,
    level: "ERROR",
  };
  expect(privacy.clean(data, (text) => notes.push(text))).toEqual({
    traceId: "ada@example.com",
    name: "[email]",
    input: "[email]",
    output: "[dropped]",
    metadata: { a: "[dropped]", b: "[email]" },
    statusMessage: "[dropped]",
    comment: "[dropped]",
    modelParameters: { user: "[dropped]", stop: "[email]" },
    sessionId: "ada@example.com",
    model: "ada@example.com",
    value: 4111111111111111,
    level: "ERROR",
  });
  expect(notes.toSorted()).toEqual([
    "comment: dropped 1",
    "input: masked 1 email",
    "metadata: dropped 1",
    "metadata: masked 1 email",
    "modelParameters: dropped 1",
    "modelParameters: masked 1 email",
    "name: masked 1 email",
    "output: dropped 1",
    "statusMessage: dropped 1",
    "tags: dropped 1",
    "userId: dropped 1",
  ]);
  expect(data.tags).toEqual(["x"]);
});

test("JSON text of JSON text is looked into, and such as begins with a byte order mark", () => {
  const plain = { a: 1, password: "x" };
  const kept = { a: 1, password: "[dropped]" };
  const twice = JSON.stringify(JSON.stringify(plain));
  const thrice = JSON.stringify(twice);
  expect(dropping("**.password", twice)).toBe(JSON.stringify(JSON.stringify(kept)));
  expect(dropping("**.password", thrice)).toBe(
    JSON.stringify(JSON.stringify(JSON.stringify(kept))),
  );
  expect(dropping("input.password", `\ufeff${JSON.stringify(plain)}`)).toBe(JSON.stringify(kept));
  for (const text of ['"hello', '"password"', '"{\\"a\\":1}"', '"\\"\\""']) {
    expect(dropping("**.password", text)).toBe(text);
  }
});
