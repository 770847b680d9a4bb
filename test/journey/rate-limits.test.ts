// One client floods, ten are quiet, all behind one address: the quiet ones lose nothing.
import { afterEach, expect, it } from "vitest";
import { SignJWT } from "jose";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { KEYS, keyVars, post } from "../support/post.ts";
import { recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const SECRET = "flood-token-secret-0123456789-0123456789";
const PAGE = "https://app.example.com";
const QUIET = 10;
const TURNS = 5;

const edges: RunningEdge[] = [];
afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.stop();
});

async function tokenOf(sub: string): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { aud: "langfuse-edge", project: KEYS.publicKey, sub, iat, exp: iat + 600 };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", kid: KEYS.publicKey })
    .sign(new TextEncoder().encode(SECRET));
}

/** The platform counts anew with each minute of the clock, also in the middle of a flood. */
const minuteOf = (time: number): number => Math.floor(time / 60_000);

async function flood(
  credentials: (who: string) => Promise<string>,
  limits: { owner: number; address: number },
  { begun = 0 } = {},
) {
  const langfuse = await recordingLangfuse();
  const edge = await startEdge({
    vars: {
      ...keyVars(langfuse.url),
      AUTH: "token,key",
      LANGFUSE_FLUSH_INTERVAL: "0.5",
      AUTH_TOKEN_SECRET: SECRET,
      ALLOWED_ORIGINS: PAGE,
    },
    rateLimits: {
      owner: { requests: limits.owner, seconds: 60 },
      address: { requests: limits.address, seconds: 60 },
      new: { requests: 40, seconds: 60 },
    },
  });
  edges.push(edge);
  const say = async (who: string, sessionId: string, turn: number) =>
    post(
      edge.url,
      { action: "create_event", data: { traceId: sessionId, name: `${who} ${turn}` }, sessionId },
      { authorization: `Bearer ${await credentials(who)}`, origin: PAGE },
    );

  const statuses: Record<"noisy" | "quiet", number[]> = { noisy: [], quiet: [] };
  const firstMinute = minuteOf(Date.now());
  const quiets = { left: QUIET };
  const noisy = async (sender: number): Promise<void> => {
    for (let i = 0; quiets.left > 0 || i < 100; i += 1) {
      // Half of what floods are sessions that nobody has seen before.
      const session = i % 2 === 0 ? "noisy" : `noisy-${sender}-${i}`;
      statuses.noisy.push((await say("noisy", session, i)).status);
    }
  };
  const quiet = async (nth: number): Promise<void> => {
    for (let turn = begun; turn < TURNS; turn += 1) {
      statuses.quiet.push((await say(`quiet-${nth}`, `quiet-${nth}`, turn)).status);
    }
    quiets.left -= 1;
  };
  for (let nth = 0; nth < QUIET * begun; nth += 1) {
    statuses.quiet.push((await say(`quiet-${nth}`, `quiet-${nth}`, 0)).status);
  }
  await Promise.all([
    ...[1, 2, 3, 4].map((sender) => noisy(sender)),
    ...Array.from({ length: QUIET }, (_, nth) => quiet(nth)),
  ]);
  const minutes = minuteOf(Date.now()) - firstMinute + 1;
  const arrived = () => langfuse.spans().filter(({ name }) => name.startsWith("quiet"));
  await until(() => arrived().length >= QUIET * TURNS);
  await langfuse.close();
  return { statuses, minutes, arrived: arrived().map(({ name }) => name) };
}

const count = (statuses: number[], wanted: number): number =>
  statuses.filter((status) => status === wanted).length;

it("with tokens: who floods is held to its own count", async () => {
  const { statuses, minutes, arrived } = await flood(tokenOf, { owner: 50, address: 200 });
  expect(count(statuses.quiet, 200)).toBe(QUIET * TURNS);
  expect(new Set(arrived).size).toBe(QUIET * TURNS);
  expect(statuses.noisy.length).toBeGreaterThanOrEqual(400);
  expect(count(statuses.noisy, 200) + count(statuses.noisy, 429)).toBe(statuses.noisy.length);
  // Held to 40 new sessions and 50 requests a minute, whatever it tries.
  expect(count(statuses.noisy, 200)).toBeLessThanOrEqual(50 * minutes);
});

it("with the public key alone: sessions that are known go on", async () => {
  const anybody = async (): Promise<string> => KEYS.publicKey;
  // Nothing tells the noisy from the quiet but their sessions, so what is new is held back for all.
  const limits = { owner: 1000, address: 1_000_000 };
  const { statuses, arrived } = await flood(anybody, limits, { begun: 1 });
  expect(count(statuses.quiet, 200)).toBe(QUIET * TURNS);
  expect(new Set(arrived).size).toBe(QUIET * TURNS);
  expect(count(statuses.noisy, 429)).toBeGreaterThan(0);
});
