// The two ways of signing a token, as they stand in docs/security.md.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ownerOf, ownerTag } from "../../src/protocol/ids.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { KEYS, keyVars, post } from "../support/post.ts";

const SECRET = "example-token-secret-0123456789-0123456789";
const env = {
  ...process.env,
  LANGFUSE_PUBLIC_KEY: KEYS.publicKey,
  AUTH_TOKEN_SECRET: SECRET,
};

let edge: RunningEdge;
beforeAll(async () => {
  const vars = { AUTH: "token", AUTH_TOKEN_SECRET: SECRET };
  edge = await startEdge({ vars: { ...keyVars("http://127.0.0.1:9"), ...vars } });
});
afterAll(() => edge.stop());

const page = readFileSync("docs/security.md", "utf8");
function example(language: string, mark: string): string {
  const blocks = page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``, "g"));
  const found = [...blocks].map(([, code = ""]) => code).filter((code) => code.includes(mark));
  expect(found).toHaveLength(1);
  return found[0] ?? "";
}

async function expectLetIn(token: string): Promise<void> {
  const { status, body } = await post(
    edge.url,
    { action: "create_event", data: { traceId: "t", name: "e" } },
    { authorization: `Bearer ${token.trim()}` },
  );
  expect(status).toBe(200);
  const tag = ownerTag(KEYS.publicKey, ownerOf({ userId: "ada" }));
  expect(body).toMatchObject({ traceId: `t.${tag}` });
}

test("in Node, with jose", async () => {
  const code = example("js", "export const sessionToken");
  const script = `${code}\nconsole.log(await sessionToken("chat-7", "ada"));`;
  const args = ["--input-type=module", "--eval", script];
  await expectLetIn(execFileSync(process.execPath, args, { env, encoding: "utf8" }));
});

const noPython = spawnSync("python3", ["--version"]).status !== 0;
test.skipIf(noPython)("in Python, with its standard library", async () => {
  const code = example("python", "def session_token");
  const script = `${code}\nprint(session_token("chat-7", "ada"))`;
  await expectLetIn(execFileSync("python3", ["-c", script], { env, encoding: "utf8" }));
});
