import { describe, expect, it } from "vitest";
import {
  admit,
  askAgainAt,
  type BreakerState,
  learn,
  PROBE_MS,
  unprobed,
} from "../../../src/delivery/breaker.ts";
import { PASS_MS } from "../../../src/protocol/delivery-times.ts";
import { claim, PROJECT, row, T0, taken, World } from "./consumer-world.ts";

const health = { delivered: 0, dead: 0, pending: 0, failures: 0 };
const OPEN: BreakerState = { openUntil: 1000 };

describe("the breaker", () => {
  it("is closed for who knows nothing, and for a healthy project", () => {
    expect(admit(undefined, 5).admitted).toBe(true);
    expect(learn(health)).toBeUndefined();
  });

  it("is open until the project's health says", () => {
    expect(learn({ ...health, failures: 3, openUntil: 1000 })).toEqual(OPEN);
    expect(admit(OPEN, 999).admitted).toBe(false);
  });

  it("lets one pass through after that, and the next only when that one never reports", () => {
    const first = admit(OPEN, 1000);
    expect(first.admitted).toBe(true);
    expect(admit(first.state, 1001).admitted).toBe(false);
    expect(admit(first.state, 1000 + PROBE_MS).admitted).toBe(true);
    expect(PROBE_MS).toBeGreaterThan(PASS_MS);
  });

  it("says when to ask again: when it may close, or soon while another pass goes first", () => {
    expect(askAgainAt(OPEN, 400)).toBe(1000);
    const probing = admit(OPEN, 1000).state;
    expect(askAgainAt(probing, 1500)).toBeGreaterThan(1500);
    expect(askAgainAt(probing, 1500)).toBeLessThan(1500 + PROBE_MS);
  });

  it("lets another through when the one before had nothing to post", () => {
    const { state } = admit(OPEN, 1000);
    expect(admit(unprobed(state), 1001).admitted).toBe(true);
    expect(unprobed(undefined)).toBeUndefined();
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
    world.breaker.set(PROJECT.publicKey, { openUntil: T0 + 30_001 });
    await world.consume(claim("a"));
    const retry = { reason: "breaker_open", afterMs: 30_001 };
    expect(a.settlements).toMatchObject([{ delivered: [], dead: [], retry }]);
    expect(world.posted).toEqual([]);
    expect(world.deferred).toEqual([]);
    expect(world.logged("claims_postponed")).toHaveLength(1);
    world.breaker.set(PROJECT.publicKey, { openUntil: T0 + 30_000 });
    await world.consume(claim("a"));
    expect(world.deferred).toEqual([{ objects: ["a"], delaySeconds: 30 }]);
  });

  it("is still to be tried when the one pass found nothing to post", async () => {
    const world = new World();
    world.breaker.set(PROJECT.publicKey, { openUntil: T0 });
    world.session("empty", []);
    const a = world.session("a", row("a", 1));
    await world.consume(claim("empty"));
    await world.consume(claim("a"));
    expect(a.delivered).toEqual([1]);
  });
});
