import { describe, expect, it } from "vitest";
import { CLAIM_TTL_MS } from "../../../../src/session/bounds.ts";
import { settleLease } from "../../../../src/session/outbox/lease-records.ts";
import { World } from "./lease-world.ts";

describe("a lease that is reserved", () => {
  it("writes nothing for a lease that comes soon, with its claim", () => {
    const world = new World();
    world.append(2);
    const before = world.lines.length;
    world.now += 1_500;
    expect(world.lease(1_000_000, false, true)?.records).toHaveLength(2);
    expect(world.lines).toHaveLength(before);
    world.settle(0, { dead: [] }, 1);
    world.evict();
    expect(world.state.outbox).toEqual([]);
    expect(world.state.counts.delivered).toBe(2);
  });

  it("lets nobody else have the records while a lease from before an eviction may stand", () => {
    const world = new World();
    world.append(2);
    world.now += 1_500;
    const first = world.lease(1_000_000, false, true);
    world.evict();
    world.now = (first?.until ?? 0) - 1;
    expect(world.lease(1_000_000)).toBeUndefined();
    world.now += 10_000;
    expect(JSON.stringify(world.lease(1_000_000)?.records)).toBe(JSON.stringify(first?.records));
  });

  it("lends after an eviction to who brings the reservation along, at once, and to nobody else", () => {
    const world = new World();
    world.append(2);
    world.now += 12_000;
    world.evict();
    expect(world.lease(1_000_000)).toBeUndefined();
    expect(world.lease(1_000_000, false, true)?.records).toHaveLength(2);
    expect(world.lease(1_000_000, false, true)).toBeUndefined();
    world.settle(0, { dead: [] }, 1);
    world.evict();
    expect(world.state.outbox).toEqual([]);
  });

  it("reserves for one claim only: the next one brings nothing along", () => {
    const world = new World();
    world.append(2);
    world.now += CLAIM_TTL_MS + 5_000;
    world.append(1);
    expect(world.claims).toEqual([1, 2]);
    world.evict();
    // The earlier one was put in the shade by the later.
    expect(world.lease(1_000_000, false, true)).toBeUndefined();
    expect(world.lease(1_000_000, false, true)?.records).toHaveLength(3);
  });

  it("believes the consumer of a lease that it has forgotten", () => {
    const world = new World();
    world.append(2);
    world.now += 1_500;
    const first = world.lease(1_000_000, false, true);
    world.evict();
    const [one, two] = first?.records.map(({ ordinal }) => ordinal) ?? [];
    const settlement = {
      lease: first?.id ?? 0,
      delivered: [one ?? 0],
      dead: [{ ordinal: two ?? 0, reason: "refused", message: "no" }],
    };
    settleLease(world.state, world.known, settlement, { alone: [] }, world.now);
    expect(world.state.outbox).toEqual([]);
    expect(world.state.counts).toMatchObject({ delivered: 1, dead: 1 });
  });

  it("does not take a lease from before an eviction for the one that stands", () => {
    const world = new World();
    world.append(2);
    world.now += 1_500;
    const first = world.lease(1_000_000, false, true);
    world.evict();
    world.now += 60_000;
    const second = world.lease(1_000_000);
    expect(second?.id).not.toBe(first?.id);
    const dead = (first?.records ?? []).map(({ ordinal }) => ({
      ordinal,
      reason: "refused",
      message: "no",
    }));
    const stale = { lease: first?.id ?? 0, delivered: [], dead };
    settleLease(world.state, world.known, stale, { alone: [] }, world.now);
    expect(world.state.deadLetters).toEqual([]);
  });
});
