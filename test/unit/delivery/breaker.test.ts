import { describe, expect, it } from "vitest";
import {
  tryPass,
  type BreakerState,
  fromHealth,
  PROBE_MS,
  cancelProbe,
} from "../../../src/delivery/breaker.ts";
import { PASS_MS } from "../../../src/protocol/delivery-times.ts";
import { claim, PROJECT, row, T0, taken, World } from "./consumer-world.ts";

const health = { delivered: 0, dead: 0, pending: 0, failures: 0 };
const OPEN: BreakerState = { observation: { failures: 3, openUntil: 1000 } };
const ALL = tryPass({}, 0).plans;

describe("the breaker", () => {
  it("is closed for who knows nothing, and for a healthy project", () => {
    expect(tryPass({}, 5).waitMs).toBe(0);
    const healthy = fromHealth({ ...health, kinds: { observation: { failures: 0 } } }, {}, ALL);
    expect(tryPass(healthy, 5).plans.observation).toEqual({ apart: false, proven: false });
  });

  it("is open until the project's health says", () => {
    const kinds = { observation: { failures: 3, openUntil: 1000 } };
    expect(fromHealth({ ...health, kinds }, {}, ALL)).toEqual(OPEN);
    expect(fromHealth({ ...health, failures: 3, openUntil: 1000 }, {}, ALL)).toEqual(OPEN);
    expect(tryPass(OPEN, 400).waitMs).toBe(600);
  });

  it("is over where the clock stepped back to before it opened, and so is a probe", () => {
    const opened = { failures: 3, openUntil: 65_000, openedAt: 60_000 };
    expect(tryPass({ observation: opened }, 62_000).waitMs).toBe(3_000);
    // The report's clock is another machine's.
    expect(tryPass({ observation: opened }, 59_000).waitMs).toBe(6_000);
    const back = tryPass({ observation: opened }, 1_000);
    expect(back.waitMs).toBe(0);
    expect(tryPass(back.state, 1_001).waitMs).toBeGreaterThan(0);
    expect(tryPass(back.state, 0).waitMs).toBe(0);
  });

  it("lets one pass through after that, and the next only when that one never reports", () => {
    const first = tryPass(OPEN, 1000);
    expect(first.waitMs).toBe(0);
    expect(first.plans.observation).toEqual({ apart: true, proven: false });
    const { waitMs } = tryPass(first.state, 1001);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThan(PROBE_MS);
    expect(tryPass(first.state, 1000 + PROBE_MS).waitMs).toBe(0);
    expect(PROBE_MS).toBeGreaterThan(PASS_MS);
  });

  it("lets another through when the one before had nothing to post", () => {
    const { state, plans } = tryPass(OPEN, 1000);
    expect(tryPass(cancelProbe(state, plans), 1001).waitMs).toBe(0);
  });

  it("is each kind's own: scores do not shut observations, nor the other way", () => {
    const open = { failures: 3, openUntil: 1000 };
    const taken = { failures: 0, lastDelivery: 0 };
    const scores = tryPass({ observation: taken, score: open }, 400);
    expect(scores.waitMs).toBe(0);
    expect(scores.plans).toEqual({
      observation: { apart: false, proven: true },
      score: { closedMs: 600 },
    });
    expect(tryPass({ observation: open, score: taken }, 400).waitMs).toBe(0);
    // Another pass's probe goes on while this one reports of the other kind.
    const probing = { observation: taken, score: { ...open, probeUntil: 2000 } };
    const { plans } = tryPass(probing, 1500);
    const kinds = { observation: taken, score: open };
    expect(fromHealth({ ...health, kinds }, probing, plans).score?.probeUntil).toBe(2000);
  });

  it("keeps sessions apart after a failure, and while some content fails", () => {
    const apart = (one: object): unknown =>
      tryPass({ observation: { failures: 0, ...one } }, 1000).plans.observation;
    expect(apart({ failures: 1 })).toMatchObject({ apart: true });
    expect(apart({ apartUntil: 1001 })).toMatchObject({ apart: true });
    expect(apart({ apartUntil: 1000 })).toMatchObject({ apart: false });
  });
});

describe("a Langfuse that fails", () => {
  it("is not asked while the breaker is open, then by one pass alone, then by all", async () => {
    const world = new World();
    const a = world.session("a", row("a", 2));
    const b = world.session("b", row("b", 1));
    world.reply = () => Response.json({}, { status: 429, headers: { "retry-after": "9" } });
    await world.consume(claim("a"));

    world.reply = taken;
    world.now += 8999;
    await world.consume(claim("a"), claim("b"));
    expect([a.leaseRequests.length, b.leaseRequests.length]).toEqual([1, 0]);
    expect(world.deferred).toEqual([{ objects: ["a", "b"], delaySeconds: 1 }]);
    expect(world.logged("claims_deferred")).toEqual([
      expect.objectContaining({ reason: "breaker_open", objects: 2 }),
    ]);

    world.now += 1;
    let whileProbing: Promise<void> | undefined;
    world.reply = () => {
      whileProbing = world.consume(claim("b"));
      return Response.json({});
    };
    await world.consume(claim("a"));
    await whileProbing;
    expect([a.delivered.length, b.leaseRequests.length]).toEqual([2, 0]);
    expect(world.deferred.at(-1)).toEqual({ objects: ["b"], delaySeconds: 2 });

    world.reply = taken;
    await world.consume(claim("b"));
    expect(b.delivered).toEqual([1]);
  });

  it("lets objects wait as long as the breaker is open, instead of claiming every minute", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    world.breaker.set(PROJECT.publicKey, { observation: { failures: 3, openUntil: T0 + 30_001 } });
    await world.consume(claim("a"));
    const retry = { reason: "breaker_open", afterMs: 30_001 };
    expect(a.settlements).toMatchObject([{ delivered: [], dead: [], retry }]);
    expect(world.posted).toEqual([]);
    expect(world.deferred).toEqual([]);
    expect(world.logged("claims_postponed")).toHaveLength(1);
    world.breaker.set(PROJECT.publicKey, { observation: { failures: 3, openUntil: T0 + 30_000 } });
    await world.consume(claim("a"));
    expect(world.deferred).toEqual([{ objects: ["a"], delaySeconds: 30 }]);
  });

  it("is still to be tried when the one pass found nothing to post", async () => {
    const world = new World();
    world.breaker.set(PROJECT.publicKey, { observation: { failures: 3, openUntil: T0 } });
    world.session("empty", []);
    const a = world.session("a", row("a", 1));
    await world.consume(claim("empty"));
    await world.consume(claim("a"));
    expect(a.delivered).toEqual([1]);
  });
});
