// One lease or one settlement, case by case.
import { describe, expect, it } from "vitest";
import type { LeaseRequest } from "../../../../src/protocol/session/lease-calls.ts";
import type { Settlement } from "../../../../src/protocol/session/settle-calls.ts";
import {
  CLAIM_TTL_MS,
  LEASE_MS,
  RESERVE_MS,
  RESERVED_LEASE_MS,
} from "../../../../src/session/bounds.ts";
import { applyEntry } from "../../../../src/session/journal/entries.ts";
import type { Waits } from "../../../../src/session/outbox/backoff.ts";
import {
  reserveClaim,
  leaseRecords,
  settleLease,
} from "../../../../src/session/outbox/lease-records.ts";
import { entryLine, rebuild, snapshotLine } from "../../../../src/session/journal/rebuild.ts";
import type { InstanceMemory } from "../../../../src/session/deadlines/alarm-time.ts";
import type { SessionState } from "../../../../src/session/state.ts";
import { NOW } from "../arbitrary.ts";
import { span, Story } from "../story.ts";
import { SETTINGS } from "../support.ts";

const AT = NOW + 70_000;
const NO_WAITS: Waits = { alone: [] };
const waitsFor = (retry?: number): Waits =>
  retry === undefined ? NO_WAITS : { retry: { observation: retry, score: retry }, alone: [] };
const ALL: LeaseRequest = { maxBytes: 1_000_000 };

/** So many records, sealed, for whoever comes at `AT`. */
function sealed(count: number) {
  const story = new Story();
  for (let n = 1; n <= count; n += 1) story.at(0, span("create", `s-${n}`, { type: "event" }));
  story.sealedBy(70);
  const { state } = story;
  const memory: InstanceMemory = { claimPendingUntil: AT + 1 };
  return {
    state,
    memory,
    lend: (request: LeaseRequest = ALL, now = AT) =>
      leaseRecords(state, memory, request, now).answer,
    settle: (settlement: Omit<Settlement, "lease">, wait?: number, now = AT) =>
      settleLease(state, memory, { lease: state.leases, ...settlement }, waitsFor(wait), now)
        .answer,
  };
}

describe("a consumer that asks for a lease", () => {
  it("has come for the claim, and is waited for where there is something to come for", () => {
    const some = sealed(2);
    expect(some.lend({ maxBytes: 1, strict: true })).toEqual({ reason: "large" });
    expect(some.memory.claimPendingUntil).toBe(AT + CLAIM_TTL_MS);
    some.memory.claimPendingUntil = 0;
    expect(some.lend()).toMatchObject({ lease: { until: AT + LEASE_MS } });
    expect(some.memory.claimPendingUntil).toBe(AT + CLAIM_TTL_MS);
  });

  it("is not waited for where nothing is granted: the next claim may be sent at once", () => {
    const none = sealed(0);
    expect(none.lend()).toEqual({ reason: "empty" });
    expect(none.memory.claimPendingUntil).toBe(0);
    const some = sealed(2);
    expect(some.lend().lease).not.toHaveProperty("retried");
    expect(some.lend()).toEqual({ reason: "leased" });
    expect(some.memory.claimPendingUntil).toBe(0);
    some.memory.claimPendingUntil = AT + 1;
    some.settle({ delivered: [], dead: [], retry: { reason: "unavailable" } }, 5_000);
    expect(some.memory.claimPendingUntil).toBe(0);
    some.memory.claimPendingUntil = AT + 1;
    expect(some.lend(ALL, AT + 4_999)).toEqual({ reason: "backoff" });
    expect(some.memory.claimPendingUntil).toBe(0);
    // Records that were left for later are known to health, and the lease says so.
    const { lease } = some.lend(ALL, AT + 5_000);
    expect([lease?.records.length, lease?.retried]).toEqual([2, true]);
  });
});

describe("a lease that is reserved", () => {
  /** Three records, and a lease of them reserved with a claim that is sent at once. */
  function reserved() {
    const some = sealed(3);
    some.memory.claimPendingUntil = AT;
    const entry = reserveClaim(some.state, some.memory, AT);
    const by = AT + RESERVE_MS;
    const until = by + RESERVED_LEASE_MS;
    expect(entry).toEqual({ k: "reserve", t: AT, by, until });
    expect(some.memory.reservation).toBe(1);
    return { ...some, by };
  }
  const ordinalsOf = (state: SessionState): number[] => state.outbox.map(({ ordinal }) => ordinal);
  const dead = [{ ordinal: 1, reason: "refused", message: "no" }];

  it("is reserved with a claim only, for the time of its consumer", () => {
    const { state, memory } = sealed(0);
    expect(reserveClaim(state, memory, AT + 1)).toBeUndefined();
    const later = new Story();
    later.at(0, span("create", "open", { fields: { endTime: NOW } }));
    const soon = NOW + SETTINGS.flushIntervalMs - 3_000;
    const by = soon + 3_000 + RESERVE_MS;
    const entry = reserveClaim(later.state, { claimPendingUntil: soon }, soon);
    expect(entry).toEqual({ k: "reserve", t: soon, by, until: by + RESERVED_LEASE_MS });
    expect(reserveClaim(later.state, { claimPendingUntil: soon + 1 }, soon)).toBeUndefined();
  });

  it("is not reserved while another may stand", () => {
    const { state, by } = reserved();
    const until = by + RESERVED_LEASE_MS;
    const memory: InstanceMemory = { claimPendingUntil: 0 };
    expect(reserveClaim(state, memory, until - 1)).toBeUndefined();
    expect(reserveClaim(state, memory, until)).toMatchObject({ k: "reserve", t: until });
    expect(state.reserved).toMatchObject({ id: 2, by: until + RESERVE_MS });
  });

  it("is written when it is granted only where it is granted late", () => {
    for (const [now, id] of [
      [AT + RESERVE_MS, 1],
      [AT + RESERVE_MS + 1, 2],
    ] as const) {
      const { state, memory } = reserved();
      const { answer, entries } = leaseRecords(state, memory, { ...ALL, reservation: 1 }, now);
      const until = id === 1 ? AT + RESERVE_MS + RESERVED_LEASE_MS : now + LEASE_MS;
      expect(answer.lease).toMatchObject({ id, until });
      expect(entries).toEqual(id === 1 ? [] : [{ k: "lease", t: now, upTo: 3, until }]);
    }
  });

  it("is written with its settlement: as far as it reached", () => {
    const { state, memory } = reserved();
    const { lease } = leaseRecords(state, memory, { maxBytes: 1, reservation: 1 }, AT).answer;
    expect(lease?.records).toHaveLength(1);
    const { entries } = settleLease(state, memory, { lease: 1, delivered: [], dead }, NO_WAITS, AT);
    expect(entries).toEqual([
      { k: "lease", t: AT, upTo: 1, id: 1 },
      { k: "settle", t: AT, settle: { lease: 1, delivered: [], dead } },
    ]);
    expect([ordinalsOf(state), state.deadLetters.length]).toEqual([[2, 3], 1]);
  });

  it("is written with its settlement where nobody knows how far it reached: as far as it may", () => {
    const { state } = reserved();
    const { entries } = settleLease(
      state,
      { claimPendingUntil: 0 },
      { lease: 1, delivered: [2], dead, retry: { reason: "unavailable" } },
      waitsFor(2_000),
      AT,
    );
    const retry = { reason: "unavailable" };
    const failing = { tries: 1, since: AT, last: AT, notBefore: AT + 2_000 };
    expect(entries).toEqual([
      { k: "lease", t: AT, upTo: 3, id: 1 },
      {
        k: "settle",
        t: AT,
        settle: { lease: 1, delivered: [2], dead, retry, notBefore: AT + 2_000 },
      },
    ]);
    expect([ordinalsOf(state), state.failing.observation]).toEqual([[3], failing]);
  });

  it("is believed after its end too, while nobody else has had the records", () => {
    const { state, memory } = reserved();
    const lines = [snapshotLine(state)];
    leaseRecords(state, memory, { ...ALL, reservation: 1 }, AT);
    const late = AT + RESERVE_MS + RESERVED_LEASE_MS;
    memory.claimPendingUntil = 0;
    const again = reserveClaim(state, memory, late);
    expect(again).toMatchObject({ k: "reserve" });
    const { entries } = settleLease(
      state,
      memory,
      { lease: 1, delivered: [], dead },
      NO_WAITS,
      late,
    );
    for (const entry of [again, ...entries]) if (entry !== undefined) lines.push(entryLine(entry));
    for (const one of [state, rebuild(lines, SETTINGS)]) {
      expect([ordinalsOf(one), one.deadLetters.length]).toEqual([[2, 3], 1]);
    }
  });

  it("that was written is not written again", () => {
    const { state, memory } = sealed(3);
    leaseRecords(state, memory, ALL, AT);
    const next = { maxBytes: 1 };
    const settlement = { lease: 1, delivered: [1], dead: [], next };
    const { answer, entries } = settleLease(state, memory, settlement, NO_WAITS, AT);
    expect(entries.map(({ k }) => k)).toEqual(["settle", "lease"]);
    expect(answer).toMatchObject({ sealed: 2, pending: 2, next: { id: 2, until: AT + LEASE_MS } });
    expect(answer.next?.records.map(({ ordinal }) => ordinal)).toEqual([2]);
  });

  it("is not touched by the settlement of another one, with a next lease asked for or not", () => {
    const { state, memory } = sealed(3);
    leaseRecords(state, memory, ALL, AT);
    const settle = { lease: 9, delivered: [], dead };
    for (const next of [{}, { next: ALL }]) {
      const step = settleLease(state, memory, { ...settle, ...next }, NO_WAITS, AT);
      expect(step.answer).toMatchObject({ sealed: 3, pending: 3 });
      expect(step.entries).toEqual([{ k: "settle", t: AT, settle }]);
    }
    expect(ordinalsOf(state)).toEqual([1, 2, 3]);
  });

  it("is not written where there was nothing to lease", () => {
    const { state, memory } = sealed(0);
    applyEntry(state, { k: "reserve", t: AT, by: AT + RESERVE_MS, until: AT + 60_000 });
    const settle = { lease: 1, delivered: [], dead };
    const { entries } = settleLease(state, memory, settle, NO_WAITS, AT);
    expect(entries).toEqual([{ k: "settle", t: AT, settle }]);
  });
});
