// During a deploy both versions run: consumers and objects that know nothing of kinds, of records set aside, or
// of what was taken before, beside those of today. Nothing may be lost or doubled, and what is healthy goes on.
import { describe, expect, it } from "vitest";
import { consume, type ConsumerDeps } from "../../../src/delivery/consumer.ts";
import { claimedObjects } from "../../../src/delivery/claims.ts";
import type { LeasingSession } from "../../../src/delivery/call-session.ts";
import { failureOf } from "../../../src/delivery/posts/failure.ts";
import { encode } from "../../../src/langfuse/encode.ts";
import { RECORD_KINDS } from "../../../src/protocol/record.ts";
import type { Lease } from "../../../src/protocol/session/lease-calls.ts";
import type { Settlement } from "../../../src/protocol/session/settle-calls.ts";
import { Simulation } from "./simulation.ts";

type Retry = NonNullable<Settlement["retry"]>;

/** A consumer of before: a request a session and kind, and a settlement for all that is left. */
const consumeAsBefore: typeof consume = async (claims, deps) => {
  for (const [publicKey, claimed] of claimedObjects(claims).byProject) {
    for (const { object } of claimed) await serveAsBefore(publicKey, object, deps);
  }
};

async function serveAsBefore(publicKey: string, object: string, deps: ConsumerDeps): Promise<void> {
  const project = deps.projects.get(publicKey);
  const session = deps.sessionById(object);
  const { lease } = await session.lease({ maxBytes: 1_000_000 });
  if (project === undefined || lease === undefined) return;
  const delivered: number[] = [];
  let retry: Retry | undefined;
  for (const kind of RECORD_KINDS) {
    const records = lease.records.filter((record) => record.kind === kind);
    if (records.length === 0) continue;
    const texts = records.map((record) => encode(record).text);
    const verdict = await deps.posterTo(project)(kind, texts);
    if (verdict.kind === "delivered") delivered.push(...records.map(({ ordinal }) => ordinal));
    else if (verdict.kind === "later") retry = { reason: failureOf(verdict).class };
    else retry = { reason: "unknown_answer" };
  }
  const answer = await session.settle({
    lease: lease.id,
    delivered,
    dead: [],
    ...(retry && { retry }),
  });
  await deps.health(publicKey).report({
    at: deps.now(),
    delivered: delivered.length,
    dead: 0,
    ...(retry && { failure: { class: retry.reason } }),
    pending: [[object, retry ? answer.sealed : 0]],
  });
}

/** An object of before, which tells nothing of earlier tries and knows of no kinds and no record by itself. */
function asBefore(session: LeasingSession): LeasingSession {
  const before = (lease: Lease | undefined): { lease?: Lease } => {
    if (lease === undefined) return {};
    const { id, until, records } = lease;
    return { lease: { id, until, records } };
  };
  return {
    lease: async ({ maxBytes, strict }) => {
      const { lease, reason } = await session.lease({ maxBytes, ...(strict && { strict }) });
      return { ...before(lease), ...(reason && { reason }) };
    },
    settle: async ({ lease, delivered, dead, retry, next }) => {
      const { kinds: _unknown, ...whole } = retry ?? {};
      const answer = await session.settle({
        lease,
        delivered,
        dead,
        ...(retry && { retry: whole as Retry }),
        ...(next && { next }),
      });
      const { sealed, pending } = answer;
      const { lease: more } = before(answer.next);
      return { sealed, pending, ...(more && { next: more }) };
    },
  };
}

const SIDES: [string, (world: Simulation) => void][] = [
  [
    "a consumer of before meets objects of today",
    (world) => void (world.consumer = () => consumeAsBefore),
  ],
  ["a consumer of today meets objects of before", (world) => void (world.seenAs = asBefore)],
  [
    "both consumers meet objects of both versions",
    (world) => {
      world.consumer = () => (world.random() < 0.5 ? consume : consumeAsBefore);
      world.seenAs = (session) => (world.random() < 0.5 ? session : asBefore(session));
    },
  ],
];

describe.each(SIDES)("during a deploy, when %s", (_name, deploy) => {
  it.each([1, 2, 3])("all is delivered once, through an outage too (%i)", async (seed) => {
    const world = new Simulation({ seed });
    deploy(world);
    const names: string[] = [];
    for (let n = 0; n < 60; n += 1) {
      world.after(n * 2_000, () => {
        names.push(...world.session(`s${n % 12}`).append(2));
        names.push(...world.session(`s${n % 12}`).append(1, "score"));
      });
    }
    world.after(30_000, () => void (world.answering = () => ({ status: 503 })));
    world.after(70_000, () => void (world.answering = () => "taken"));
    await world.run(400);
    expect(names).toHaveLength(180);
    expect(names.filter((name) => !world.takenAt.has(name))).toEqual([]);
    expect(world.twice).toEqual([]);
    const states = [...world.sessions.values()].map(({ state }) => state);
    expect(states.flatMap(({ outbox }) => outbox)).toEqual([]);
    expect(states.reduce((sum, { counts }) => sum + counts.delivered, 0)).toBe(180);
    expect(world.health).toMatchObject({ pending: 0, dead: 0 });
  });

  it("a record that never passes is kept, and dies in the end, when the deploy is over", async () => {
    const world = new Simulation();
    deploy(world);
    world.answering = (some) => (some.includes("bad/1") ? { status: 500 } : "taken");
    world.session("bad").append(1);
    for (let ms = 0; ms < 2_400_000; ms += 20_000) {
      world.after(ms, () => void world.session("healthy").append(1));
    }
    await world.run(190);
    expect(world.session("bad").state.outbox).toHaveLength(1);
    expect(world.session("bad").state.deadLetters).toEqual([]);
    expect(world.session("healthy").state.outbox).toEqual([]);
    // Few tries, whoever made them.
    expect(world.posts.filter(({ taken }) => !taken).length).toBeLessThan(100);
    world.consumer = () => consume;
    world.seenAs = (session) => session;
    await world.run(2_300);
    expect(world.session("bad").state.outbox).toEqual([]);
    expect(world.session("bad").state.deadLetters).toMatchObject([{ reason: "never_taken" }]);
    expect(world.health).toMatchObject({ pending: 0, dead: 1 });
    expect(world.twice).toEqual([]);
  });
});
