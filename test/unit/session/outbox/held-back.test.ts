import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Settlement } from "../../../../src/protocol/session/settle-calls.ts";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { waitsOf } from "../../../../src/session/outbox/backoff.ts";
import { leaseRecords, settleLease } from "../../../../src/session/outbox/lease-records.ts";
import { alarmAt, claimDelay } from "../../../../src/session/deadlines/alarm-time.ts";
import { noteAnnounced } from "../../../../src/session/dead-letters/books.ts";
import { eraseSession } from "../../../../src/session/erasure/erase-session.ts";
import { readSnapshot, writeSnapshot } from "../../../../src/session/journal/snapshot.ts";
import type { ScoreRecord } from "../../../../src/protocol/record.ts";
import { NOW } from "../arbitrary.ts";
import {
  firstLeasable,
  leasable,
  leasableFrom,
  leasableUpTo,
} from "../../../../src/session/outbox/held-back.ts";
import type { Ordered } from "../../../../src/session/outbox/outbox-state.ts";
import type { SessionState } from "../../../../src/session/state.ts";
import { span, Story } from "../story.ts";
import { fresh } from "../support.ts";

const AT = NOW + 70_000;

/** Observations 1 to `count`, and a score behind them. */
function session(count: number) {
  const story = new Story();
  for (let n = 1; n <= count; n += 1) story.at(0, span("create", `s-${n}`, { type: "event" }));
  story.sealedBy(70);
  const { state } = story;
  const score: ScoreRecord = {
    kind: "score",
    ordinal: state.actions + 1,
    actions: 1,
    size: 10,
    id: "liked",
    body: "{}",
    timestamp: NOW,
  };
  state.actions += 1;
  state.outbox.push({ ...score, seq: state.nextSeq });
  state.nextSeq += 1;
  const memory = { claimPendingUntil: AT + 1 };
  const create = (seconds: number, name: string): void =>
    void story.at(seconds, span("create", name, { type: "event" }));
  const lease = (now: number) => leaseRecords(state, memory, { maxBytes: 1e6 }, now).answer;
  const settle = (how: Partial<Settlement>, now: number, retry = 10_000): void => {
    const waits = {
      ...(how.retry && { retry: { observation: retry, score: retry } }),
      alone: how.setAside?.map(() => 20_000) ?? [],
    };
    settleLease(
      state,
      memory,
      { lease: state.leases, delivered: [], dead: [], ...how },
      waits,
      now,
    );
  };
  const ordinals = (now: number): number[] | undefined =>
    lease(now).lease?.records.map(({ ordinal }) => ordinal);
  return { state, create, lease, settle, ordinals };
}

describe("a kind that fails", () => {
  it("waits by itself: scores do not keep observations back", () => {
    const { state, lease, settle, ordinals } = session(2);
    expect(ordinals(AT)).toEqual([1, 2, 3]);
    settle({ delivered: [1, 2], retry: { reason: "request_refused", kinds: ["score"] } }, AT);
    expect(state.failing).toEqual({
      score: { tries: 1, since: AT, last: AT, notBefore: AT + 10_000 },
    });
    expect(lease(AT + 1)).toEqual({ reason: "backoff" });
    expect(alarmAt(state, { claimPendingUntil: 0 })).toBe(AT + 10_000);
    const more = session(2);
    more.ordinals(AT);
    more.settle({ delivered: [1], retry: { reason: "request_refused", kinds: ["score"] } }, AT);
    expect(more.ordinals(AT + 1)).toEqual([2]);
    more.settle({ delivered: [2] }, AT + 1);
    // Nothing was tried of the scores meanwhile.
    expect(more.state.failing.score?.tries).toBe(1);
    expect(more.ordinals(AT + 10_000)).toEqual([3]);
    more.settle({ delivered: [3] }, AT + 10_000);
    expect([more.state.failing, more.state.outbox]).toEqual([{}, []]);
  });

  it("has as many tries as were made, not as often as it was put off", () => {
    const { state, ordinals, settle } = session(1);
    const reasons = [
      "unavailable",
      "breaker_open",
      "not_tried",
      "breaker_open",
      "timeout",
    ] as const;
    for (const [index, reason] of reasons.entries()) {
      ordinals(AT + index * 10_000);
      settle({ retry: { reason } }, AT + index * 10_000);
    }
    const { tries, since, last } = state.failing.observation ?? {};
    expect([tries, since, last]).toEqual([2, AT, AT + 40_000]);
    // Part of it was brought forward: no more tries than before, and it begins anew.
    ordinals(AT + 50_000);
    settle({ delivered: [1], retry: { reason: "timeout" } }, AT + 50_000);
    expect(state.failing.observation).toMatchObject({ tries: 2, since: AT + 50_000 });
  });

  it("waits longer with each try, though the other kind is delivered every time", () => {
    const { state, create, ordinals, settle } = session(1);
    const waits: unknown[] = [];
    for (let n = 1; n <= 4; n += 1) {
      const at = AT + n * 100_000;
      const leased = ordinals(at) ?? [];
      const delivered = leased.filter((ordinal) => ordinal !== 2);
      const retry = { reason: "request_refused" as const, kinds: ["score" as const] };
      const settlement = { lease: state.leases, delivered, dead: [], retry };
      waits.push(waitsOf(state, settlement, at, () => 0.999_999).retry?.score);
      settle({ delivered, retry }, at);
      create((at - NOW) / 1000, `more-${n}`);
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 37_500]);
  });

  it("keeps its tries while the other kind's delivery takes longer than it waits", () => {
    const { state, ordinals, settle } = session(2);
    ordinals(AT);
    settle({ delivered: [1], retry: { reason: "timeout", kinds: ["score"] } }, AT);
    expect(ordinals(AT + 1)).toEqual([2]);
    settle({ delivered: [2] }, AT + 15_000);
    expect(state.failing.score?.tries).toBe(1);
  });

  it("has no tries any more when its records were set aside", () => {
    const { state, ordinals, settle } = session(1);
    ordinals(AT);
    settle({ retry: { reason: "timeout" } }, AT);
    ordinals(AT + 10_000);
    settle({ delivered: [2], setAside: [1] }, AT + 10_000);
    expect(state.failing).toEqual({});
  });

  it("does not keep the alarm from sealing records of the other kind", () => {
    const { state, create, ordinals, settle } = session(1);
    ordinals(AT);
    settle({ delivered: [1], retry: { reason: "timeout", kinds: ["score"] } }, AT, 900_000);
    create(71, "more");
    const due = NOW + 71_000 + 60_000;
    expect(alarmAt(state, { claimPendingUntil: 0 })).toBe(due);
    expect(claimDelay(state, { claimPendingUntil: 0 }, due - 2_000)).toBe(2);
    const both = session(1);
    both.ordinals(AT);
    both.settle({ retry: { reason: "timeout", kinds: ["observation"] }, delivered: [2] }, AT, 9e5);
    both.create(71, "more");
    noteAnnounced(both.state, both.state.books.announced);
    // The alarm need not seal records that would wait all the same.
    expect(alarmAt(both.state, { claimPendingUntil: 0 })).toBe(AT + 900_000);
  });

  it("is forgotten as such when none of its records waits", () => {
    const { state, ordinals, settle } = session(2);
    ordinals(AT);
    settle({ delivered: [3], retry: { reason: "timeout" } }, AT);
    expect(state.failing.score).toBeDefined();
    ordinals(AT + 10_000);
    settle({ delivered: [1, 2] }, AT + 10_000);
    expect(state.failing).toEqual({});
  });

  it("is named with its tries in the lease", () => {
    const { lease, ordinals, settle } = session(1);
    ordinals(AT);
    settle({ retry: { reason: "timeout" } }, AT);
    const failing = { tries: 1, since: AT, last: AT };
    expect(lease(AT + 10_000).lease).toMatchObject({
      retried: true,
      failing: { observation: failing, score: failing },
    });
  });
});

describe("a record that is set aside", () => {
  it("keeps nothing back that is behind it, and is tried by itself", () => {
    const { state, lease, ordinals, settle } = session(3);
    expect(ordinals(AT)).toEqual([1, 2, 3, 4]);
    settle({ delivered: [2], setAside: [1] }, AT);
    expect(ordinals(AT + 1)).toEqual([3, 4]);
    settle({ delivered: [3, 4] }, AT + 1);
    expect(lease(AT + 2)).toEqual({ reason: "backoff" });
    expect(alarmAt(state, { claimPendingUntil: 0 })).toBe(AT + 20_000);
    const again = lease(AT + 20_000).lease;
    expect(again?.setAside).toEqual([{ ordinal: 1, kind: "observation", failures: 1, since: AT }]);
    settle({ setAside: [1] }, AT + 20_000);
    expect(state.setAside).toMatchObject([{ failures: 2, since: AT, notBefore: AT + 40_000 }]);
    expect(readSnapshot(writeSnapshot(state)).setAside).toEqual(state.setAside);
    advance(state, AT + 40_000);
    lease(AT + 40_000);
    const verdict = { ordinal: 1, reason: "never_taken", message: "500" };
    settle({ dead: [verdict] }, AT + 40_000);
    expect([state.setAside, state.outbox, state.deadLetters.length]).toEqual([[], [], 1]);
  });

  it("waits by itself too where the settlement carries a retry of no kind, for objects of before", () => {
    const [{ state, settle, ordinals }, other] = [session(3), session(3)];
    for (const one of [{ settle, ordinals }, other]) one.ordinals(AT);
    settle({ delivered: [2], setAside: [1], retry: { reason: "unavailable", kinds: [] } }, AT);
    other.settle({ delivered: [2], setAside: [1] }, AT);
    expect(ordinals(AT + 1)).toEqual([3, 4]);
    expect(other.ordinals(AT + 1)).toEqual([3, 4]);
    expect(state).toEqual(other.state);
  });

  it("does not keep the alarm from sealing later records", () => {
    const { state, create, ordinals, settle } = session(1);
    ordinals(AT);
    settle({ delivered: [2], setAside: [1] }, AT);
    advance(state, AT + 1);
    state.setAside = state.setAside.map((one) => ({ ...one, notBefore: AT + 900_000 }));
    create(71, "more");
    expect(alarmAt(state, { claimPendingUntil: 0 })).toBe(NOW + 71_000 + 60_000);
  });

  it("is in no delivery when the session is deleted while others are", () => {
    const { state, ordinals, settle } = session(3);
    ordinals(AT);
    settle({ delivered: [4], setAside: [1] }, AT);
    expect(ordinals(AT + 1)).toEqual([2, 3]);
    const { answer } = eraseSession(state, { claimPendingUntil: 0 }, AT + 2);
    expect(answer).toMatchObject({ inFlight: 2, pending: 1 });
    expect(state.tombstone?.inFlight.map(([ordinal]) => ordinal)).toEqual([2, 3]);
  });

  it("is forgotten as such when another consumer delivered it after all", () => {
    const { state, ordinals, settle } = session(2);
    ordinals(AT);
    settle({ setAside: [1] }, AT);
    settle({ lease: 99, delivered: [1] }, AT + 1);
    expect(state.setAside).toEqual([]);
  });
});

const heldArb = fc.record({
  kinds: fc.array(fc.constantFrom("observation" as const, "score" as const), { maxLength: 12 }),
  more: fc.array(fc.constantFrom("observation" as const, "score" as const), { maxLength: 3 }),
  observation: fc.option(fc.integer({ min: -50, max: 50 }), { nil: undefined }),
  score: fc.option(fc.integer({ min: -50, max: 50 }), { nil: undefined }),
  out: fc.option(
    fc.record({
      kind: fc.constantFrom("observation" as const, "score" as const),
      ms: fc.integer({ min: -50, max: 50 }),
    }),
    { nil: undefined },
  ),
  setAside: fc.array(fc.tuple(fc.nat(14), fc.integer({ min: -50, max: 50 })), { maxLength: 5 }),
});

describe("what is held back", () => {
  const failing = (ms: number) => ({ tries: 1, since: AT, notBefore: AT + ms });
  const recordOf = (kind: "observation" | "score", seq: number): Ordered =>
    ({ kind, seq, ordinal: seq, actions: 1, size: 1 }) as Ordered;

  it("may be leased when the first record of it may, record by record", () => {
    fc.assert(
      fc.property(heldArb, ({ kinds, more, out, ...held }) => {
        const outbox = kinds.map((kind, index) => recordOf(kind, index + 1));
        const setAside = new Map(held.setAside.filter(([seq]) => seq > 0 && seq <= kinds.length));
        const { observation, score } = held;
        const state: SessionState = {
          ...fresh(),
          t: AT,
          outbox,
          failing: {
            ...(observation !== undefined && { observation: failing(observation) }),
            ...(score !== undefined && { score: failing(score) }),
          },
          setAside: [...setAside].map(([ordinal, ms]) => ({
            ordinal,
            failures: 1,
            since: AT,
            notBefore: AT + ms,
          })),
          ...(out && { partLease: { id: 1, until: AT + out.ms, upTo: 1, kind: out.kind } }),
        };
        const untilOf = ({ kind, ordinal }: Ordered): number =>
          Math.max(
            AT,
            AT + (held[kind] ?? -50),
            out?.kind === kind ? AT + out.ms : 0,
            AT + (setAside.get(ordinal) ?? -50),
          );
        const check = (): void => {
          const times = state.outbox.map(untilOf);
          expect(leasableFrom(state)).toBe(times.length === 0 ? undefined : Math.min(...times));
          const free = state.outbox.filter((record) => untilOf(record) <= AT);
          expect([...leasable(state)]).toEqual(free);
          expect(firstLeasable(state)).toEqual(free[0]);
          expect(leasableUpTo(state, 3)).toEqual(free.filter(({ seq }) => seq <= 3));
        };
        check();
        for (const kind of more) {
          state.outbox.push(recordOf(kind, state.outbox.length + 1));
          check();
        }
        state.outbox = state.outbox.slice(1);
        state.setAside = state.setAside.filter(({ ordinal }) => ordinal > 1);
        check();
      }),
    );
  });

  it("is not looked through by each request", () => {
    let looks = 0;
    const record = (seq: number): Ordered =>
      Object.defineProperty(recordOf("observation", seq), "kind", {
        get: () => {
          looks += 1;
          return "observation";
        },
      });
    const outbox = Array.from({ length: 10_000 }, (_, index) => record(index + 1));
    const state: SessionState = { ...fresh(), t: AT, outbox };
    state.failing = { observation: { tries: 1, since: AT, notBefore: AT + 1_000 } };
    expect(leasableFrom(state)).toBe(AT + 1_000);
    looks = 0;
    state.outbox.push(record(10_001));
    for (let asks = 0; asks < 10; asks += 1) expect(leasableFrom(state)).toBe(AT + 1_000);
    expect(looks).toBeLessThan(10);
  });
});
