import { expect } from "vitest";
import type { Lease } from "../../../../src/protocol/session/lease-calls.ts";
import type { Settlement } from "../../../../src/protocol/session/settle-calls.ts";
import { CLAIM_TTL_MS } from "../../../../src/session/bounds.ts";
import { toJournal, type Transition } from "../../../../src/session/journal/entries.ts";
import {
  reserveClaim,
  leaseRecords,
  settleLease,
} from "../../../../src/session/outbox/lease-records.ts";
import { entryLine, rebuild } from "../../../../src/session/journal/rebuild.ts";
import { claimDelay, type InstanceMemory } from "../../../../src/session/deadlines/alarm-time.ts";
import type { SessionState } from "../../../../src/session/state.ts";
import { appendActions } from "../../../../src/session/append.ts";
import { readSettings } from "../../../../src/settings/index.ts";
import { NOW } from "../arbitrary.ts";
import { MemoryStorage } from "../journal/memory-storage.ts";
import { recount } from "../recount.ts";
import { span } from "../story.ts";
import { fresh, SETTINGS } from "../support.ts";

const ASSEMBLY = { ...SETTINGS, flushAt: 1 };
const TERMS = { assembly: ASSEMBLY, quota: readSettings({}).limits.session };

/** An object as its shell runs it, and the consumers that it knows nothing of. */
export class World {
  now = NOW;
  state: SessionState = fresh(ASSEMBLY);
  memory: InstanceMemory = { claimPendingUntil: 0 };
  readonly lines: string[] = [];
  readonly #storage = new MemoryStorage();
  #clock = this.#storage.clock(() => this.now);
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
    this.#make(appendActions(this.state, request, TERMS, this.#time()));
  }

  /** By a consumer with a claim, or (`carries`) with the first one and the reservation that it carries. */
  lease(maxBytes: number, strict = false, carries = false): Lease | undefined {
    const reservation = carries ? this.claims.shift() : undefined;
    const request = {
      maxBytes,
      ...(strict && { strict }),
      ...(reservation !== undefined && { reservation }),
    };
    const { answer } = this.#make(leaseRecords(this.state, this.memory, request, this.#time()));
    const { lease, reason } = answer;
    if (reason === "large" && carries) this.claims.unshift(reservation);
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
    const waits = {
      ...(how.retry && { retry: { observation: 2_000, score: 2_000 } }),
      alone: how.setAside?.map(() => 5_000) ?? [],
    };
    const step = settleLease(this.state, this.memory, settlement, waits, this.#time());
    const { next } = this.#make(step).answer;
    if (next === undefined) return;
    this.#took(next);
    if (how.next?.strict) expect(sizeOf(next)).toBeLessThanOrEqual(how.next.maxBytes);
  }

  evict(): void {
    this.state = rebuild(this.lines, ASSEMBLY);
    this.memory = { claimPendingUntil: 0 };
    this.#clock = this.#storage.clock(() => this.now);
  }

  #time(): number {
    return this.#clock.now(this.state, this.memory.reservation);
  }

  #make<Answer>(step: Transition<Answer>): Transition<Answer> {
    const { entries } = step;
    const reserved =
      entries.length > 0 ? reserveClaim(this.state, this.memory, this.#time()) : undefined;
    if (reserved !== undefined) entries.push(reserved);
    if (entries.length > 0) this.lines.push(...toJournal(this.state, entries).map(entryLine));
    recount(this.state);
    const delay = claimDelay(this.state, this.memory, this.now);
    if (delay !== undefined) {
      this.memory.claimPendingUntil = this.now + delay * 1000 + CLAIM_TTL_MS;
      this.claims.push(reserved && this.memory.reservation);
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
