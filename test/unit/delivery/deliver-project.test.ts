import { describe, expect, it } from "vitest";
import { CALLS_AT_ONCE, MOST_LEASES, PASS_BYTES } from "../../../src/delivery/lease-objects.ts";
import {
  PASS_MS,
  POST_TIMEOUT_MS,
  SETTLE_MARGIN_MS,
} from "../../../src/protocol/delivery-times.ts";
import type { LeaseAnswer } from "../../../src/protocol/session/lease-calls.ts";
import type { SettleAnswer } from "../../../src/protocol/session/settle-calls.ts";
import { claim, OTHER, PROJECT, row, saidToBe, T0, World } from "./consumer-world.ts";
import { MemorySession, observation } from "./memory-session.ts";

describe("a pass", () => {
  it("goes on with what a settlement leases next, until nothing is left", async () => {
    const world = new World();
    const size = 300_000;
    const a = world.session("a", row("a", 20, size));
    await world.consume(claim("a"));
    expect(a.delivered).toEqual(a.delivered.toSorted((x, y) => x - y));
    expect(a.delivered).toHaveLength(20);
    expect(a.leaseRequests).toHaveLength(1);
    expect(a.settlements.length).toBeGreaterThan(1);
  });

  it("asks every waiting object before it takes more of one that had its turn", async () => {
    const world = new World();
    const calls: string[] = [];
    const ids = Array.from({ length: 40 }, (_, index) => `s${index}`);
    for (const id of ids) {
      const inner = new MemorySession(saidToBe(200_000, row(id, 8)), () => world.now);
      world.sessions.set(id, {
        lease: (request) => {
          calls.push("lease");
          return inner.lease(request);
        },
        settle: (settlement) => {
          if (settlement.next) calls.push("next");
          return inner.settle(settlement);
        },
      });
    }
    await world.consume(...ids.map((id) => claim(id)));
    expect(calls.slice(0, 40)).toEqual(ids.map(() => "lease"));
    expect(calls.slice(40)).toContain("next");
  });

  it("holds at most its bytes, and asks at most so many objects at once", async () => {
    const world = new World();
    let held = 0;
    let mostHeld = 0;
    let asking = 0;
    let mostAsking = 0;
    const size = (index: number): number => (index % 6 === 0 ? 300_000 : 50_000);
    for (let index = 0; index < 60; index += 1) {
      const id = `s${index}`;
      const inner = new MemorySession(saidToBe(size(index), row(id, 10)), () => world.now);
      const count = ({ lease }: LeaseAnswer): void => {
        held += lease?.records.reduce((sum, { size }) => sum + size, 0) ?? 0;
        mostHeld = Math.max(mostHeld, held);
      };
      world.sessions.set(id, {
        lease: async (request) => {
          asking += 1;
          mostAsking = Math.max(mostAsking, asking);
          await Promise.resolve();
          asking -= 1;
          const answer = await inner.lease(request);
          count(answer);
          return answer;
        },
        settle: async (settlement): Promise<SettleAnswer> => {
          held -= (settlement.delivered.length + settlement.dead.length) * size(index);
          const answer = await inner.settle(settlement);
          if (answer.next) count({ lease: answer.next });
          return answer;
        },
      });
    }
    await world.consume(...Array.from({ length: 60 }, (_, index) => claim(`s${index}`)));
    expect(mostAsking).toBe(CALLS_AT_ONCE);
    expect(mostHeld).toBeGreaterThan(PASS_BYTES / 2);
    // The last one may bring a record that is larger than what is left.
    expect(mostHeld).toBeLessThanOrEqual(PASS_BYTES + 300_000);
  });

  it("takes records that are larger than their share one by one, and leaves none of them", async () => {
    const world = new World();
    const ids = Array.from({ length: 30 }, (_, index) => `s${index}`);
    let asking = 0;
    let askingForLarge = 0;
    const all = ids.map((id) => {
      const inner = world.session(id, saidToBe(1_500_000, row(id, 2)));
      world.sessions.set(id, {
        lease: async (request) => {
          asking += 1;
          if (request.strict !== true) askingForLarge = Math.max(askingForLarge, asking);
          const answer = await inner.lease(request);
          await Promise.resolve();
          asking -= 1;
          return answer;
        },
        settle: (settlement) => inner.settle(settlement),
      });
      return inner;
    });
    await world.consume(...ids.map((id) => claim(id)));
    expect(askingForLarge).toBe(1);
    // At least one of each; what is too large again is left to the object's own claim.
    expect(all.filter(({ delivered }) => delivered.length === 0)).toEqual([]);
  });

  it("is given much by an object that is alone", async () => {
    const world = new World();
    const a = world.session("a", saidToBe(700_000, row("a", 5)));
    await world.consume(claim("a"));
    expect(a.settlements).toHaveLength(1);
    expect(a.delivered).toHaveLength(5);
  });

  it("makes no more requests to others than the platform's free plan lets one invocation make", async () => {
    const world = new World();
    const ids = Array.from({ length: 60 }, (_, index) => `s${index}`);
    // Each has failed alone twice: its records are posted one by one.
    const tried = { tries: 2, since: T0 - 60_000, last: T0 - 10_000 };
    for (const project of [PROJECT, OTHER]) {
      for (const id of ids) {
        const inner = new MemorySession(row(id, 3), () => world.now);
        world.sessions.set(`${project.publicKey}/${id}`, {
          lease: async (request) => {
            const { lease, ...answer } = await inner.lease(request);
            return {
              ...answer,
              ...(lease && { lease: { ...lease, failing: { observation: tried } } }),
            };
          },
          settle: (settlement) => inner.settle(settlement),
        });
      }
    }
    const claims = [PROJECT, OTHER].flatMap(({ publicKey }) =>
      ids.map((id) => claim(`${publicKey}/${id}`, publicKey)),
    );
    world.reply = () => {
      if (world.posted.length > 50) throw new Error("Too many subrequests.");
      return Response.json({});
    };
    await world.consume(...claims);
    expect(world.posted.length).toBeGreaterThan(40);
    expect(world.posted.length).toBeLessThanOrEqual(50);
    // What there was no request left for has not failed.
    expect(world.reports.map(({ failure }) => failure)).toEqual([undefined, undefined]);
    world.posted.length = 0;
    world.now += 60_000;
    await world.consume(...claims.slice(0, ids.length));
    expect(world.posted.length).toBeGreaterThan(40);
  });

  it("asks no more objects than it may call, and leaves the others to the next", async () => {
    const world = new World();
    const ids = Array.from({ length: MOST_LEASES + 500 }, (_, index) => `s${index}`);
    const sessions = ids.map((id) => world.session(id, row(id, 1)));
    await world.consume(...ids.map((id) => claim(id)));
    const asked = sessions.filter(({ leaseRequests }) => leaseRequests.length > 0);
    expect(asked).toHaveLength(MOST_LEASES);
    expect(asked.flatMap(({ delivered }) => delivered)).toHaveLength(MOST_LEASES);
    expect(asked.flatMap(({ settlements }) => settlements).some(({ next }) => next)).toBe(false);
    expect(world.deferred.flatMap(({ objects }) => objects)).toEqual(ids.slice(MOST_LEASES));
  });

  it("ends in time: what it can't finish by then is left", async () => {
    const world = new World();
    const a = world.session("a", row("a", 9, 850_000));
    a.leaseMs = 600_000;
    world.reply = () => {
      world.now += 15_000;
      return Response.json({});
    };
    await world.consume(claim("a"));
    const lastPost = Math.max(...world.posted.map(({ at }) => at));
    expect(lastPost - T0).toBeLessThan(PASS_MS - POST_TIMEOUT_MS);
    expect(a.delivered).toEqual([1, 2, 3]);
    expect(a.outbox.length + a.delivered.length).toBe(9);
  });

  it("posts nothing that it can't finish before its lease ends", async () => {
    const world = new World();
    const a = world.session("a", row("a", 1));
    a.leaseMs = POST_TIMEOUT_MS + SETTLE_MARGIN_MS;
    const b = world.session("b", row("b", 1));
    b.leaseMs = POST_TIMEOUT_MS + SETTLE_MARGIN_MS + 1;
    await world.consume(claim("a"), claim("b"));
    expect(world.posted.map(({ names }) => names)).toEqual([["b/1"]]);
    expect(a.settlements).toEqual([
      {
        lease: 1,
        delivered: [],
        dead: [],
        retry: { reason: "lease_too_short", kinds: ["observation"] },
      },
    ]);
  });

  it("posts what it has before its leases are too short, however slowly objects answer", async () => {
    const world = new World();
    const ids = Array.from({ length: 150 }, (_, index) => `s${index}`);
    const all = ids.map((id) => {
      const inner = world.session(id, row(id, 1));
      world.sessions.set(id, {
        lease: async (request) => {
          world.now += 100;
          return inner.lease(request);
        },
        settle: (settlement) => inner.settle(settlement),
      });
      return inner;
    });
    await world.consume(...ids.map((id) => claim(id)));
    expect(all.filter(({ delivered }) => delivered.length === 0)).toEqual([]);
    expect(all.flatMap(({ settlements }) => settlements)).toHaveLength(150);
    expect(world.posted.length).toBeLessThan(10);
  });

  it("sets a record aside that can't be written, and delivers the rest", async () => {
    const world = new World();
    const broken = { ...observation("a", 1), startTime: Number.NaN };
    const a = world.session("a", [broken, observation("a", 2)]);
    await world.consume(claim("a"));
    expect(a.delivered).toEqual([2]);
    expect(a.dead).toEqual([
      {
        ordinal: 1,
        reason: "unwritable",
        message: expect.stringContaining("RangeError") as string,
      },
    ]);
  });
});

describe("a Langfuse that fails", () => {
  it("is not tried with further objects in the same pass", async () => {
    const world = new World();
    const ids = Array.from({ length: 12 }, (_, index) => `s${index}`);
    const all = ids.map((id) => world.session(id, row(id, 2, 600_000)));
    world.reply = () => Response.json({}, { status: 503 });
    await world.consume(...ids.map((id) => claim(id)));
    const lenders = all.filter(({ settlements }) => settlements.length > 0);
    expect(lenders.length).toBeGreaterThan(0);
    expect(lenders.length).toBeLessThan(ids.length);
    expect(world.posted).toHaveLength(1);
  });
});
