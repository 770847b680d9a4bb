// The platform lets an invocation make so many requests to others; beyond them each one fails unsent. That says nothing
// of Langfuse or of a record: what it meets is left for the next invocation, and nothing is sent twice.
import { expect, it } from "vitest";
import { deliveryHook } from "../../../src/hooks/before-delivery.ts";
import type { Project } from "../../../src/settings/index.ts";
import { claim, PROJECT, row, T0, World } from "./consumer-world.ts";
import { MemorySession } from "./memory-session.ts";

/** Of the free plan. */
const LIMIT = 50;
const LIMIT_ERROR = "Too many subrequests by single Worker invocation.";
const projectsOf = (count: number): Project[] =>
  Array.from({ length: count }, (_, index) => ({
    publicKey: `pk-${index}`,
    secretKey: `sk-${index}`,
    baseUrl: `http://${index}.test`,
  }));

/** Its records are posted one by one: they have failed alone twice. */
function sessionThatFailed(world: World, id: string): MemorySession {
  const inner = new MemorySession(row(id, 3), () => world.now);
  const tried = { tries: 2, since: T0 - 60_000, last: T0 - 10_000 };
  world.sessions.set(id, {
    lease: async (request) => {
      const { lease, ...answer } = await inner.lease(request);
      return {
        ...answer,
        ...(lease && { lease: { ...lease, failing: { observation: tried } } }),
      };
    },
    settle: (settlement) => inner.settle(settlement),
  });
  return inner;
}

it.each([3, 6, 7, 20])(
  "is kept by a batch of %d projects, whose rest is served next",
  async (n) => {
    const world = new World();
    world.projects = projectsOf(n);
    const sessions = new Map<string, MemorySession>();
    for (const { publicKey } of world.projects) {
      for (let index = 0; index < 12; index += 1) {
        const id = `${publicKey}/${index}`;
        sessions.set(id, sessionThatFailed(world, id));
      }
    }
    let due = [...sessions.keys()];
    for (let round = 0; due.length > 0; round += 1) {
      expect(round).toBeLessThan(60);
      world.posted.length = 0;
      world.deferred.length = 0;
      await world.consume(...due.map((id) => claim(id, id.split("/")[0])));
      expect(world.posted.length).toBeGreaterThan(0);
      expect(world.posted.length).toBeLessThanOrEqual(LIMIT);
      world.now += 30_000;
      due = due.filter((id) => (sessions.get(id)?.outbox.length ?? 0) > 0);
    }
    const delivered = [...sessions.values()].flatMap((session) => session.delivered);
    expect(delivered).toHaveLength(n * 12 * 3);
  },
);

it("lets twenty projects through at once that need a request each", async () => {
  const world = new World();
  world.projects = projectsOf(20);
  for (const { publicKey } of world.projects) world.session(publicKey, row(publicKey, 3));
  await world.consume(...world.projects.map(({ publicKey }) => claim(publicKey, publicKey)));
  expect(world.posted).toHaveLength(20);
  expect(world.deferred).toEqual([]);
});

it("is nobody's fault where it is met all the same, and is told of", async () => {
  const world = new World();
  const ids = Array.from({ length: 12 }, (_, index) => `s${index}`);
  const sessions = ids.map((id) => sessionThatFailed(world, id));
  // Somebody else's requests: a hook's.
  world.reply = () => {
    if (world.posted.length > 10) throw new Error(LIMIT_ERROR);
    return Response.json({});
  };
  await world.consume(...ids.map((id) => claim(id)));
  // One was tried; two connections may have been open.
  expect(world.posted.length).toBeLessThanOrEqual(10 + 4);
  expect(world.reports.map(({ failure }) => failure)).toEqual([undefined]);
  expect(world.breaker.get(PROJECT.publicKey)?.observation?.openUntil).toBeUndefined();
  const reasons = sessions.flatMap(({ settlements }) =>
    settlements.map(({ retry }) => retry?.reason),
  );
  expect(new Set(reasons)).toEqual(new Set([undefined, "pass_full"]));
  expect(
    sessions.flatMap(({ settlements }) => settlements.flatMap(({ setAside = [] }) => setAside)),
  ).toEqual([]);
  expect(world.logged("posts_unsent")).toEqual([
    { project: expect.any(String) as string, error: expect.stringContaining("Too many") as string },
  ]);
  world.reply = () => Response.json({});
  world.now += 30_000;
  await world.consume(...ids.map((id) => claim(id)));
  expect(sessions.flatMap(({ delivered }) => delivered)).toHaveLength(36);
  expect(sessions.flatMap(({ outbox }) => outbox)).toEqual([]);
});

it("leaves the projects that were not begun to the next invocation where it is met", async () => {
  const world = new World();
  world.projects = projectsOf(12);
  // Their hooks' requests would fail, too, and take their records for dead.
  const asked = new Set<string>();
  world.amending = {
    hook: async (_records, publicKey) => {
      asked.add(publicKey);
      return { kept: [], changed: [], dropped: [], failed: [] };
    },
    sessionById: () => ({ amend: async () => ({ noted: true }) }),
  };
  for (const { publicKey } of world.projects) world.session(publicKey, row(publicKey, 3));
  world.reply = () => {
    throw new Error(LIMIT_ERROR);
  };
  await world.consume(...world.projects.map(({ publicKey }) => claim(publicKey, publicKey)));
  // Three are served side by side.
  expect(asked.size).toBe(3);
  expect(world.logged("posts_unsent")).toHaveLength(3);
  expect(world.deferred.map(({ objects }) => objects)).toHaveLength(9);
  expect(world.reports.every(({ failure }) => failure === undefined)).toBe(true);
});

/** Asks for each record elsewhere: so many requests an invocation may make, its posts among them. */
function withHook(world: World, inner: MemorySession, limit: { left: number }): Set<number> {
  const noted = new Set<number>();
  const take = (): void => {
    limit.left -= 1;
    if (limit.left < 0) throw new Error(LIMIT_ERROR);
  };
  world.amending = {
    hook: deliveryHook(take, () => undefined),
    sessionById: () => ({
      amend: async ({ kept }) => {
        for (const ordinal of kept) noted.add(ordinal);
        inner.outbox = inner.outbox.map((record) =>
          noted.has(record.ordinal) ? { ...record, seen: true } : record,
        );
        return { noted: true };
      },
    }),
  };
  world.reply = () => {
    take();
    return Response.json({});
  };
  return noted;
}

it("leaves what a hook could not ask about to the next invocation", async () => {
  const world = new World();
  const session = world.session("a", row("a", 120));
  const limit = { left: 0 };
  withHook(world, session, limit);
  for (let round = 0; session.outbox.length > 0; round += 1) {
    expect(round).toBeLessThan(10);
    limit.left = LIMIT;
    await world.consume(claim("a"));
    world.now += 30_000;
  }
  expect(session.dead).toEqual([]);
  expect(session.delivered).toHaveLength(120);
});

it("sends nothing past a record that its hook could not ask about", async () => {
  const world = new World();
  const session = world.session("a", row("a", 3));
  world.amending = {
    hook: deliveryHook(
      (item) => {
        if (item.id === session.outbox[1]?.id) throw new Error(LIMIT_ERROR);
      },
      () => undefined,
    ),
    sessionById: () => ({ amend: async () => ({ noted: true }) }),
  };
  await world.consume(claim("a"));
  expect(world.posted).toEqual([]);
  expect(session.outbox).toHaveLength(3);
  expect(world.logged("posts_unsent")).toHaveLength(1);
});

it("takes a record for dead whose hook alone needs more than an invocation may make", async () => {
  const world = new World();
  const session = world.session("a", row("a", 1));
  withHook(world, session, { left: 0 });
  await world.consume(claim("a"));
  expect(session.dead).toEqual([
    { ordinal: 1, reason: "hook_failed", message: expect.stringContaining("Too many") as string },
  ]);
});
