import { describe, expect, it } from "vitest";
import { LEASE_MS } from "../../../src/protocol/delivery-times.ts";
import { claim, row, World } from "./consumer-world.ts";
import type { MemorySession } from "./memory-session.ts";

describe("an object that throws", () => {
  const failing = (session: MemorySession, call: "lease" | "settle", times: number) => {
    let left = times;
    const fail = (): void => {
      left -= 1;
      if (left >= 0) throw new Error("object reset");
    };
    return {
      lease: async (request: Parameters<MemorySession["lease"]>[0]) => {
        if (call === "lease") fail();
        return session.lease(request);
      },
      settle: async (settlement: Parameters<MemorySession["settle"]>[0]) => {
        if (call === "settle") fail();
        return session.settle(settlement);
      },
    };
  };

  it("at lease costs only itself", async () => {
    const world = new World();
    world.sessions.set("a", failing(world.session("a", row("a", 1)), "lease", 9));
    const b = world.session("b", row("b", 1));
    await world.consume(claim("a"), claim("no such"), claim("b"));
    expect(b.delivered).toEqual([1]);
    const failed = world.logged("lease_failed").map(({ object }) => object);
    expect(new Set(failed)).toEqual(new Set(["a", "no such"]));
  });

  it("at settle is asked once more", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    world.sessions.set("a", failing(a, "settle", 1));
    await world.consume(claim("a"));
    expect(a.delivered).toEqual([1]);
    expect(world.logs.map(({ event }) => event)).toEqual(["delivery"]);
  });

  it("at settle twice is asked again a while later: what Langfuse has must not be sent again", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    world.sessions.set("a", failing(a, "settle", 2));
    await world.consume(claim("a"));
    expect(a.delivered).toEqual([1]);
    expect(world.reports[0]?.pending).toEqual([["a", 0]]);
  });

  it("at settle for longer than its lease lasts: no pass of this isolate sends again what was taken", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    let calls = 0;
    world.sessions.set("a", {
      lease: (request) => a.lease(request),
      settle: async (settlement) => {
        calls += 1;
        if (calls <= 2) throw new Error("object reset");
        if (calls === 3) {
          world.now += LEASE_MS;
          await world.consume(claim("a"));
        }
        return a.settle(settlement);
      },
    });
    await world.consume(claim("a"));
    expect(world.posted.flatMap(({ names }) => names)).toEqual(["a/1"]);
    expect(a.delivered).toEqual([1]);
  });

  it("at settle again and again costs only itself", async () => {
    const world = new World();
    world.sessions.set("a", failing(world.session("a", row("a", 1)), "settle", 9));
    const b = world.session("b", row("b", 1));
    await world.consume(claim("a"), claim("b"));
    expect(b.delivered).toEqual([1]);
    const failed = { object: "a", error: "Error: object reset" };
    expect(world.logged("settle_failed")).toEqual([failed, failed]);
    expect(world.reports[0]?.pending).toEqual([["b", 0]]);
  });

  it("is no matter where it is the health's", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    world.tellHealth = () => {
      throw new Error("health is away");
    };
    await world.consume(claim("a"));
    expect(a.delivered).toEqual([1]);
    expect(world.logged("health_not_told")).toHaveLength(1);
  });
});
