import { expect, test } from "vitest";
import { readPrivacy } from "../../../src/privacy/read-privacy.ts";

const read = (env: Record<string, unknown>): { kind: string; problems: string[] } => {
  const problems: string[] = [];
  return { kind: readPrivacy(env, problems).kind, problems };
};

test.each([
  [{}],
  [{ MASK: "" }],
  [{ MASK: " , ", MASK_PATTERNS: "", DROP_FIELDS: "" }],
  [{ MASK_PATTERNS: "[]" }],
  [{ MASK_PATTERNS: {} }],
])("%j masks nothing", (env) => {
  expect(read(env)).toEqual({ kind: "off", problems: [] });
});

test.each([
  [{ MASK: "email" }],
  [{ MASK: " Email,PHONE , " }],
  [{ MASK: "all" }],
  [{ MASK_PATTERNS: '["a"]' }],
  [{ MASK_PATTERNS: '{"a-1":"a"}' }],
  [{ MASK_PATTERNS: { a: "a" } }],
  [{ DROP_FIELDS: "input.a, **.b" }],
])("%j is taken", (env) => {
  expect(read(env)).toEqual({ kind: "on", problems: [] });
});

const SECRET = "s3cret";
test.each([
  [{ MASK: `email, ${SECRET}` }, /^MASK: entry 2 is none of all, bearer, key, jwt, email/],
  [{ MASK: ["email"] }, /^MASK: must be text/],
  [{ MASK: true }, /^MASK: must be text/],
  [{ MASK_PATTERNS: SECRET }, /^MASK_PATTERNS: must be a JSON list/],
  [{ MASK_PATTERNS: "7" }, /^MASK_PATTERNS: must be a JSON list/],
  [{ MASK_PATTERNS: `["a", "(${SECRET}"]` }, /^MASK_PATTERNS: entry 2 is not a regular expression/],
  [{ MASK_PATTERNS: { a: 7 } }, /^MASK_PATTERNS: entry 1 is no text/],
  [{ MASK_PATTERNS: { [`${SECRET} x`]: "a" } }, /^MASK_PATTERNS: entry 1: its name/],
  [{ MASK_PATTERNS: { a: `(?=${SECRET})x` } }, /^MASK_PATTERNS: entry 1 looks ahead/],
  [{ MASK_PATTERNS: Array.from({ length: 21 }, () => "a") }, /^MASK_PATTERNS: more than 20/],
  [{ MASK_PATTERNS: Array.from({ length: 4 }, () => "a{180}") }, /^MASK_PATTERNS: together/],
  [{ DROP_FIELDS: `input, ${SECRET}.x` }, /^DROP_FIELDS: path 2 must begin with input/],
  [{ DROP_FIELDS: "input..a" }, /^DROP_FIELDS: path 1 has an empty part/],
  [{ DROP_FIELDS: "input.**" }, /^DROP_FIELDS: path 1 ends in/],
  [{ DROP_FIELDS: "*" }, /^DROP_FIELDS: path 1 must begin/],
  [{ DROP_FIELDS: "traceId" }, /^DROP_FIELDS: path 1 must begin/],
  [{ DROP_FIELDS: `input${".a".repeat(20)}` }, /^DROP_FIELDS: path 1 has more than/],
  [{ DROP_FIELDS: Array.from({ length: 101 }, () => "input").join(",") }, /^DROP_FIELDS: has more/],
])("%j: nothing may be taken, and the value is not told", (env, problem) => {
  const { kind, problems } = read(env);
  expect(kind).toBe("unusable");
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(problem);
  expect(problems[0]).toMatch(/; no writes are taken until it is right$/);
  expect(problems[0]).not.toContain(SECRET);
});
