// Consumers that lease, die, settle late or never, and an object that is evicted at any moment.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Lease, Settlement } from "../../../src/protocol/session-calls.ts";
import { CLAIM_TTL_MS } from "../../../src/session/bounds.ts";
import { announce, lend, settleUp } from "../../../src/session/lending.ts";
import { entryLine, rebuild } from "../../../src/session/rebuild.ts";
import { claimDelay, type Known, leasableAt } from "../../../src/session/schedule.ts";
import type { SessionState } from "../../../src/session/state.ts";
import type { Step } from "../../../src/session/step.ts";
import { takeIn } from "../../../src/session/take-in.ts";
import { readSettings } from "../../../src/settings.ts";
import { NOW } from "./arbitrary.ts";
import { span } from "./story.ts";
import { fresh, SETTINGS } from "./support.ts";

const ASSEMBLY = { ...SETTINGS, flushAt: 1 };
const TERMS = { assembly: ASSEMBLY, quota: readSettings({}).limits.session };

/** An object as its shell runs it, and the consumers that it knows nothing of. */
class World {
  now = NOW;
  state: SessionState = fresh(ASSEMBLY);
  known: Known = { claimedUntil: 0 };
  readonly lines: string[] = [];
  /** Leases that a consumer still believes in. */
  readonly held: Lease[] = [];
  /** Claims that no consumer has taken yet: the reservation that each brings along. */
  readonly claims: (number | undefined)[] = [];
  readonly settled = new Set<number>();
  readonly #ids = new Set<number>();
  sent = 0;

  append(count: number): void {
    const actions = Array.from({ length: count }, () => ({
      seq: (this.sent += 1),
      change: span("create", `s-${this.sent}`, { type: "event" }),
    }));
    const request = { project: "pk", writer: "browser" as const, clientId: "tab", actions };
    this.#make(takeIn(this.state, request, TERMS, this.now));
  }

  /** By a consumer with a claim, or (`bears`) with the one that came first and what it brings along. */
  lease(maxBytes: number, strict = false, bears = false): Lease | undefined {
    const reservation = bears ? this.claims.shift() : undefined;
    const request = {
      maxBytes,
      ...(strict && { strict }),
      ...(reservation !== undefined && { reservation }),
    };
    const { answer } = this.#make(lend(this.state, this.known, request, this.now));
    const { lease, reason } = answer;
    if (reason === "large" && bears) this.claims.unshift(reservation);
    if (lease !== undefined) this.#took(lease);
    if (strict && lease !== undefined) expect(sizeOf(lease)).toBeLessThanOrEqual(maxBytes);
    if (reason === "large") expect(this.state.outbox[0]?.size).toBeGreaterThan(maxBytes);
    return lease;
  }

  settle(index: number, how: Omit<Settlement, "lease" | "delivered">, share: number): void {
    const [lease] = this.held.splice(index, 1);
    if (lease === undefined) return;
    const ordinals = lease.records.map(({ ordinal }) => ordinal);
    const delivered = ordinals.slice(0, Math.ceil(ordinals.length * share));
    for (const ordinal of delivered) this.settled.add(ordinal);
    const settlement = { lease: lease.id, delivered, ...how };
    const wait = how.retry === undefined ? undefined : 2_000;
    const step = settleUp(this.state, this.known, settlement, wait, this.now);
    const { next } = this.#make(step).answer;
    if (next === undefined) return;
    this.#took(next);
    if (how.next?.strict) expect(sizeOf(next)).toBeLessThanOrEqual(how.next.maxBytes);
  }

  evict(): void {
    this.state = rebuild(this.lines, ASSEMBLY);
    this.known = { claimedUntil: 0 };
  }

  #make<Answer>(step: Step<Answer>): Step<Answer> {
    const { entries } = step;
    const announced = entries.length > 0 ? announce(this.state, this.known, this.now) : undefined;
    if (announced !== undefined) entries.push(announced);
    for (const entry of entries) this.lines.push(entryLine(entry));
    const delay = claimDelay(this.state, this.known, this.now);
    if (delay !== undefined) {
      this.known.claimedUntil = this.now + delay * 1000 + CLAIM_TTL_MS;
      this.claims.push(announced && this.known.reservation);
    }
    return step;
  }

  #took(lease: Lease): void {
    const theirs = new Set(
      this.held
        .filter(({ until }) => until > this.now)
        .flatMap(({ records }) => records.map(({ ordinal }) => ordinal)),
    );
    for (const { ordinal } of lease.records) {
      expect(theirs, "leased to two at once").not.toContain(ordinal);
      expect(this.settled, "delivered, and leased again").not.toContain(ordinal);
    }
    // A settlement speaks of one lease only.
    expect(this.#ids).not.toContain(lease.id);
    this.#ids.add(lease.id);
    this.held.push(lease);
  }
}

const sizeOf = ({ records }: Lease): number => records.reduce((sum, { size }) => sum + size, 0);

const stepArb = fc.oneof(
  fc.record({ do: fc.constant("append" as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.oneof(fc.nat(3_000), fc.nat(60_000)) }),
  fc.record({
    do: fc.constant("lease" as const),
    bytes: fc.constantFrom(1, 1_500, 1_000_000),
    strict: fc.boolean(),
    bears: fc.boolean(),
  }),
  fc.record({
    do: fc.constant("settle" as const),
    index: fc.nat(2),
    share: fc.constantFrom(0, 0.5, 1),
    retry: fc.boolean(),
    next: fc.boolean(),
    strict: fc.boolean(),
  }),
  fc.record({ do: fc.constant("evict" as const) }),
);

describe("lending", () => {
  it("gives no record to two consumers at once, nor again once it is delivered", () => {
    fc.assert(
      fc.property(fc.array(stepArb, { minLength: 5, maxLength: 60 }), (steps) => {
        const world = new World();
        for (const step of steps) {
          if (step.do === "append") world.append(step.count);
          if (step.do === "wait") world.now += step.ms;
          if (step.do === "lease") world.lease(step.bytes, step.strict, step.bears);
          if (step.do === "evict") world.evict();
          if (step.do === "settle") {
            const { retry, next, strict } = step;
            world.settle(
              step.index,
              {
                dead: [],
                ...(retry && { retry: { reason: "unreachable" } }),
                ...(next && {
                  next: { maxBytes: strict ? 500 : 1_500, ...(strict && { strict }) },
                }),
              },
              step.share,
            );
          }
        }
        // Whoever comes when the object says so gets all of the rest, in order, and it is not long.
        for (let round = 0; world.state.outbox.length > 0 || round === 0; round += 1) {
          expect(round).toBeLessThan(200);
          const at = leasableAt(world.state, world.known) ?? world.now;
          expect(at - world.now).toBeLessThanOrEqual(120_000);
          world.now = Math.max(world.now, at);
          const { held } = world;
          if (world.lease(1_000_000) !== undefined) world.settle(held.length - 1, { dead: [] }, 1);
        }
        expect(world.settled.size).toBe(world.sent);
        world.evict();
        expect(world.lease(1_000_000)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

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
    settleUp(world.state, world.known, settlement, undefined, world.now);
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
    settleUp(world.state, world.known, stale, undefined, world.now);
    expect(world.state.deadLetters).toEqual([]);
  });
});
