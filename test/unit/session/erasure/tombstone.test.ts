import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DELETED_MS, LEASE_MS, MEMORY_MS } from "../../../../src/session/bounds.ts";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { applyEntry } from "../../../../src/session/journal/entries.ts";
import { eraseSession } from "../../../../src/session/erasure/erase-session.ts";
import { leaseReach } from "../../../../src/session/outbox/lease.ts";
import { expiryOf } from "../../../../src/session/deadlines/alarm-time.ts";
import { readSnapshot, writeSnapshot } from "../../../../src/session/journal/snapshot.ts";
import { emptyState, pendingOf, type SessionState } from "../../../../src/session/state.ts";
import { appendActions } from "../../../../src/session/append.ts";
import { isDeleted, MAX_IN_FLIGHT } from "../../../../src/session/erasure/tombstone.ts";
import { NOW } from "../arbitrary.ts";
import { recount } from "../recount.ts";
import { span, Story, trace } from "../story.ts";
import { SETTINGS, TERMS } from "../support.ts";
import { runs } from "../../../support/runs.ts";

const NO_MEMORY = { claimPendingUntil: 0 };

/** Three sealed, of which one is delivered, one dead, one sealed and waiting; one more is open. */
function busyStory(): Story {
  const story = new Story();
  story.at(0, trace("create"));
  story.at(1, span("create", "a", { fields: { name: "a", endTime: NOW + 900 } }));
  story.at(1, span("create", "b", { fields: { name: "b", endTime: NOW + 900 } }));
  story.at(2, trace("end"));
  story.sealedBy(3);
  lease(story.state, 3);
  const settle = {
    lease: story.state.leases,
    delivered: [1],
    dead: [{ ordinal: 2, reason: "refused", message: "no" }],
    retry: { reason: "unavailable" as const },
  };
  applyEntry(story.state, { k: "settle", t: NOW + 4000, settle });
  story.at(5, span("create", "open"));
  return story;
}
const lease = (state: SessionState, seconds: number, maxBytes = 1_000_000): void => {
  const t = NOW + seconds * 1000;
  advance(state, t);
  applyEntry(state, { k: "lease", t, upTo: leaseReach(state, maxBytes), until: t + LEASE_MS });
};
const balanceOf = ({ counts }: SessionState): number =>
  counts.accepted -
  counts.delivered -
  counts.dead -
  [...counts.dropped.values()].reduce((sum, actions) => sum + actions, 0);

const LEASED_AT = NOW + 70_000;
/** Three records of an action each, of which a consumer has the first so many. */
function leasedStory(upTo: number): Story {
  const story = new Story();
  for (const name of ["a", "b", "c"]) story.at(0, span("create", name, { type: "event" }));
  story.sealedBy(70);
  applyEntry(story.state, { k: "lease", t: LEASED_AT, upTo, until: LEASED_AT + LEASE_MS });
  return story;
}

describe("a session that is deleted", () => {
  it("counts all that it held as forgotten", () => {
    const { state } = busyStory();
    const held = balanceOf(state) + state.counts.dead;
    const { answer } = eraseSession(state, NO_MEMORY, NOW + 6000);
    expect(answer).toEqual({
      actions: held,
      open: 1,
      pending: 1,
      dead: 1,
      inFlight: 0,
      until: NOW + 6000 + DELETED_MS,
    });
    expect(state.counts.dropped).toEqual(new Map([["forgotten", held]]));
    expect([pendingOf(state), state.counts.dead, balanceOf(state)]).toEqual([0, 0, 0]);
    expect(expiryOf(state)).toBe(NOW + 6000 + MEMORY_MS);
  });

  it("counts records in flight, and believes their delivery", () => {
    const { state } = busyStory();
    const { delivered } = state.counts;
    lease(state, 5);
    const [record] = state.outbox;
    const { answer } = eraseSession(state, NO_MEMORY, NOW + 6000);
    expect(answer).toMatchObject({ inFlight: 1, pending: 0 });
    const forgotten = state.counts.dropped.get("forgotten") ?? 0;
    const settle = { lease: 2, delivered: [3], dead: [] };
    for (const t of [7000, 8000]) applyEntry(state, { k: "settle", t: NOW + t, settle });
    expect(state.counts.delivered).toBe(delivered + (record?.actions ?? 0));
    expect(state.counts.dropped.get("forgotten")).toBe(forgotten - (record?.actions ?? 0));
    expect(balanceOf(state)).toBe(0);
  });

  it("has in flight the records of a lease that stands, and none of one that has ended", () => {
    for (const [since, upTo] of [
      [LEASE_MS - 1, 2],
      [LEASE_MS, 0],
    ] as const) {
      const t = LEASED_AT + since;
      const { state } = leasedStory(2);
      const { answer, entries } = eraseSession(state, NO_MEMORY, t);
      expect(answer).toMatchObject({ actions: 3 - upTo, pending: 3 - upTo, inFlight: upTo });
      expect(entries).toEqual([{ k: "forget", t, upTo }]);
      expect(state.tombstone?.inFlight.map(([ordinal]) => ordinal)).toEqual([1, 2].slice(0, upTo));
    }
  });

  it("believes each delivery for itself, also when it is deleted once more", () => {
    const { state } = leasedStory(3);
    const arrive = (...delivered: number[]): void =>
      void applyEntry(state, {
        k: "settle",
        t: LEASED_AT,
        settle: { lease: 1, delivered, dead: [] },
      });
    expect(eraseSession(state, NO_MEMORY, LEASED_AT + 1).answer).toMatchObject({
      actions: 0,
      inFlight: 3,
    });
    arrive(2);
    expect(state.counts).toMatchObject({ delivered: 1, dropped: new Map([["forgotten", 2]]) });
    expect(eraseSession(state, NO_MEMORY, LEASED_AT + 2).answer).toMatchObject({
      actions: 0,
      inFlight: 0,
    });
    arrive(2, 3);
    expect(state.counts).toMatchObject({ delivered: 2, dropped: new Map([["forgotten", 1]]) });
    arrive(1);
    expect(state.counts).toMatchObject({ delivered: 3, dropped: new Map([["forgotten", 0]]) });
    expect(state.tombstone?.inFlight).toEqual([]);
  });

  it("counts nothing as delivered that sampling left out", () => {
    const story = new Story({ ...SETTINGS, sampling: { rules: [], share: 0 } });
    story.at(0, trace("create"));
    story.at(1, trace("end"));
    story.sealedBy(3);
    expect(story.state.outbox.map(({ sampledOut }) => sampledOut)).toEqual([true]);
    lease(story.state, 3);
    const { answer } = eraseSession(story.state, NO_MEMORY, NOW + 4000);
    expect(answer).toMatchObject({ actions: 2, inFlight: 0, pending: 1 });
    const { counts, tombstone } = story.state;
    const settle = { lease: 1, delivered: [1], dead: [] };
    applyEntry(story.state, { k: "settle", t: NOW + 5000, settle });
    expect(counts).toMatchObject({
      delivered: 0,
      dropped: new Map([["forgotten", 2]]),
      unknown: 0,
    });
    expect(tombstone?.inFlight).toEqual([]);
    expect(balanceOf(story.state)).toBe(0);
  });

  it("is like new, but for its numbers: no record and no lease gets one of before", () => {
    const { state } = busyStory();
    lease(state, 5);
    const later = { lease: state.leases, delivered: [], dead: [], notBefore: NOW + 9000 };
    applyEntry(state, { k: "settle", t: NOW + 5000, settle: later });
    lease(state, 9);
    applyEntry(state, { k: "reserve", t: NOW + 9000, by: NOW + 14_000, until: NOW + 49_000 });
    const { actions, nextSeq, leases, counts } = state;
    eraseSession(state, NO_MEMORY, NOW + 10_000);
    const t = NOW + 10_000;
    expect(state).toEqual({
      ...emptyState("pk-test", SETTINGS),
      t,
      // What is older is of before.
      forgottenBefore: t,
      lastEntry: t,
      actions,
      nextSeq,
      leases,
      counts,
      books: { ...state.books, letters: 2, changedAt: t, announced: 0 },
      tombstone: { at: t, inFlight: [[3, expect.any(Number)]] },
    });
  });

  it("remembers a bounded number of records in flight, the latest ones", () => {
    const { state } = leasedStory(1);
    eraseSession(state, NO_MEMORY, LEASED_AT + 1);
    const { tombstone } = state;
    if (tombstone === undefined) throw new Error("the session was deleted");
    const earlier = Array.from({ length: MAX_IN_FLIGHT + 5 }, (_, n) => [-n, 1] as const);
    tombstone.inFlight = earlier.map(([ordinal, actions]) => [ordinal, actions]);
    eraseSession(state, NO_MEMORY, LEASED_AT + 2);
    const { inFlight = [] } = state.tombstone ?? {};
    expect([inFlight.length, inFlight[0]?.[0]]).toEqual([MAX_IN_FLIGHT, -5]);
  });

  it("does not know what a lease before an eviction reached, and says the most", () => {
    const { state } = busyStory();
    applyEntry(state, { k: "reserve", t: NOW + 5000, by: NOW + 9000, until: NOW + 44_000 });
    expect(eraseSession(state, NO_MEMORY, NOW + 6000).answer.inFlight).toBe(1);
    const own = busyStory().state;
    applyEntry(own, { k: "reserve", t: NOW + 5000, by: NOW + 9000, until: NOW + 44_000 });
    const { answer } = eraseSession(own, { ...NO_MEMORY, reservation: own.leases }, NOW + 6000);
    expect(answer.inFlight).toBe(0);
  });

  it("takes nothing for a day after, and then again; also as a snapshot", () => {
    const { state: live } = busyStory();
    eraseSession(live, NO_MEMORY, NOW + 6000);
    for (const state of [live, readSnapshot(writeSnapshot(live))]) {
      const send = (now: number, seq: number) => {
        const actions = [{ seq, at: now, change: trace("create") }];
        const request = { project: "pk-test", writer: "browser", clientId: "t", actions } as const;
        return appendActions(state, { ...request, actions: [...actions] }, TERMS, now);
      };
      const until = NOW + 6000 + DELETED_MS;
      // A clock that goes back does not end it, nor does a flush write anything.
      for (const now of [NOW, until - 1]) {
        expect(send(now, 1)).toMatchObject({
          answer: { results: [{ status: "refused", code: "session_deleted" }], pending: 0 },
          entries: [],
        });
      }
      expect(isDeleted(state, until)).toBe(false);
      expect(send(until, 1).answer.results).toEqual([{ status: "accepted" }]);
      // An action from before the deletion is too old by then, wherever it was kept.
      expect(send(until, 2).answer.results).toEqual([{ status: "accepted" }]);
      const old = { seq: 3, at: NOW + 5999, change: trace("create") };
      const late = {
        project: "pk-test",
        writer: "browser",
        clientId: "t",
        actions: [old],
      } as const;
      expect(
        appendActions(state, { ...late, actions: [old] }, TERMS, until).answer.results,
      ).toEqual([expect.objectContaining({ code: "too_old" })]);
    }
  });

  it("loses no count, whenever it is deleted and whatever settles after", () => {
    const step = fc.oneof(
      fc.constantFrom("forget" as const, "lease" as const, "send" as const),
      fc.record({
        lease: fc.integer({ min: 0, max: 4 }),
        delivered: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
        dead: fc.array(fc.constant({ ordinal: 3, reason: "refused", message: "no" }), {
          maxLength: 1,
        }),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const story = busyStory();
        const { state } = story;
        for (const [index, next] of steps.entries()) {
          const at = 6 + index;
          if (next === "forget") eraseSession(state, NO_MEMORY, NOW + at * 1000);
          else if (next === "lease") lease(state, at, 1);
          else if (next === "send") story.at(at, span("create", `s${index}`));
          else applyEntry(state, { k: "settle", t: NOW + at * 1000, settle: next });
          recount(state);
        }
      }),
      { numRuns: runs(300) },
    );
  });
});
