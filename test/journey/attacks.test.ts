// The attacks, one by one, against the built production Worker: what each is answered, and that in no
// answer and no log line anything comes out that must not.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RawAnswer, sendRaw } from "../support/raw-request.ts";
import type { Attack } from "./attacks/attack.ts";
import { bodies } from "./attacks/bodies.ts";
import { claims } from "./attacks/claims.ts";
import { exports } from "./attacks/exports.ts";
import { fields } from "./attacks/fields.ts";
import { healths } from "./attacks/health.ts";
import { legacy } from "./attacks/legacy.ts";
import { lengths } from "./attacks/lengths.ts";
import { origins } from "./attacks/origins.ts";
import { paths } from "./attacks/paths.ts";
import { readers } from "./attacks/readers.ts";
import { tokens } from "./attacks/tokens.ts";
import { buildWorld, type World } from "./attacks/world.ts";

let world: World;
beforeAll(async () => {
  world = await buildWorld();
});
afterAll(() => world.stop());

const ALLOWED = /^https:\/\/(app\.example\.com|[a-z.]+\.example\.org)$/i;

async function attack({ request }: Attack): Promise<RawAnswer & { origin: string | undefined }> {
  const made = typeof request === "function" ? await request(world) : request;
  const origin = made.headers?.["origin"];
  return {
    ...(await sendRaw(world.edge.url, made)),
    origin: typeof origin === "string" ? origin : undefined,
  };
}

function expectNoSecret(text: string): void {
  for (const secret of world.secrets) expect(text.includes(secret)).toBe(false);
}

/** Of the edge's own answers, of a `google.rpc.Status`, or of those in Langfuse's shapes, some of which are text. */
function codeIn(body: string): string | undefined {
  if (/^[A-Z]/.test(body)) return undefined;
  const { error, code, details } = JSON.parse(body || "{}") as {
    error?: { code: string } | string;
    code?: string;
    details?: { reason: string }[];
  };
  return details?.[0]?.reason ?? (typeof error === "object" ? error.code : code);
}

const TABLES = {
  tokens,
  claims,
  origins,
  lengths,
  bodies,
  fields,
  paths,
  healths,
  readers,
  legacy,
  exports,
};
describe.each(Object.entries(TABLES))("%s", (_, table) => {
  test.each(table.map((one) => [one.name, one] as const))("%s", async (__, one) => {
    const { status, headers, body, origin } = await attack(one);
    expectNoSecret(JSON.stringify(headers) + body);
    expect(status).toBe(one.status);
    if (one.byRuntime === true) return;

    if (headers["content-type"] === "application/x-protobuf") expect(body).toContain(one.code);
    else expect(codeIn(body)).toBe(one.code);
    expect(headers["vary"]).toBe("Origin");
    const allowed = origin !== undefined && ALLOWED.test(origin) && one.closed !== true;
    expect(headers["access-control-allow-origin"]).toBe(allowed ? origin : undefined);
    if (origin?.startsWith("http") === true && !allowed) {
      expect(JSON.stringify(headers) + body).not.toContain(origin);
    }
    expect(Object.keys(headers).filter((name) => name.startsWith("x-evil"))).toEqual([]);
    expect(headers["set-cookie"]).toBeUndefined();
  });
});

test("the one who should be let in still is, and the log holds no secret and no token", async () => {
  const token = await world.token();
  const { status } = await sendRaw(world.edge.url, {
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: '{"action":"flush"}',
  });
  expect(status).toBe(200);
  const log = world.edge.log();
  expectNoSecret(log);
  expect(log).not.toContain(token);
  expect(log).not.toContain("eyJ");
  expect(log).not.toMatch(/"status":5\d\d/);
  // Each of them made one line, which is one event.
  const lines = log.split("\n").filter((line) => /"event":"(request|relay)"/.test(line));
  const seen = Object.values(TABLES)
    .flat()
    .filter(({ byRuntime }) => byRuntime !== true).length;
  expect(lines.length).toBeGreaterThanOrEqual(seen);
  for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
});
