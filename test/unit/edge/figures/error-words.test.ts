// An error may quote what a user wrote: its words are a payload, and shown to nobody who sees none.
import { expect, test } from "vitest";
import { emptyAnswer } from "../../../../src/figures/read/answer.ts";
import type { ErrorGroupBody } from "../../../../src/protocol/figures/body/errors.ts";
import type { FiguresBody } from "../../../../src/protocol/figures/figures-body.ts";
import { edgeUnderTest } from "../edge-under-test.ts";
import { NOW } from "../interpret/interpreting.ts";

const KEYS = {
  LANGFUSE_PUBLIC_KEY: "pk-one",
  LANGFUSE_SECRET_KEY: "sk-one-0123456789-0123456789-0123456789",
};
const BASIC = `Basic ${btoa(`${KEYS.LANGFUSE_PUBLIC_KEY}:${KEYS.LANGFUSE_SECRET_KEY}`)}`;
const SECRET = "my doctor said I have cancer";
const GROUP = {
  fingerprint: "0011223344556677",
  type: "RangeError",
  message: `can't answer "${SECRET}"`,
  stack: `RangeError: can't answer "${SECRET}"\n    at ask (https://app.test/chat.js?q=${encodeURIComponent(SECRET)}:10:22)`,
  count: 2,
  first: NOW,
  last: NOW,
  releases: [],
  assistants: ["Claude"],
  trace: "0123456789abcdef0123456789abcdef",
};
const groups = [
  GROUP,
  { ...GROUP, fingerprint: "8899aabbccddeeff", type: SECRET, stack: `Oops\n  ${SECRET}` },
];

async function shown(
  by: "keys" | "token",
  env: Record<string, string> = {},
): Promise<{ text: string; errors: ErrorGroupBody[] }> {
  const { app } = edgeUnderTest({
    env: { ...KEYS, ...env },
    open: false,
    deps: {
      metrics: () => ({
        figures: async () => ({
          ...emptyAnswer(),
          errors: { [GROUP.fingerprint]: 2, "8899aabbccddeeff": 1 },
          groups,
        }),
        totals: async () => emptyAnswer(),
      }),
    },
  });
  const token = async (): Promise<string> => {
    const answer = await app.request("/api/langfuse/token", {
      method: "POST",
      headers: { authorization: BASIC, "content-type": "application/json" },
      body: JSON.stringify({ scope: "read" }),
    });
    return `Bearer ${String(Object(await answer.json()).token)}`;
  };
  const authorization = by === "keys" ? BASIC : await token();
  const response = await app.request("/api/langfuse/figures?part=errors", {
    headers: { authorization },
  });
  expect(response.status).toBe(200);
  const text = await response.text();
  return { text, errors: (JSON.parse(text) as FiguresBody).errors?.groups ?? [] };
}

test("a reader sees what kind of error it was and where it came from, and none of its words", async () => {
  const { text, errors } = await shown("token");
  expect(text).not.toContain("doctor");
  expect(errors).toMatchObject([
    {
      fingerprint: GROUP.fingerprint,
      type: "RangeError",
      message: null,
      stack: "    at ask (https://app.test/chat.js:10:22)",
      count: 2,
    },
    { type: "Error", message: null, stack: null, count: 1 },
  ]);
});

test.each([
  ["whoever has the keys", "keys", {}],
  ["a reader where DASHBOARD_CONTENT says so", "token", { DASHBOARD_CONTENT: "true" }],
] as const)("%s sees them", async (_who, by, env) => {
  const { errors } = await shown(by, env);
  expect(errors).toMatchObject([
    { type: "RangeError", message: GROUP.message, stack: GROUP.stack },
    { type: SECRET },
  ]);
});
