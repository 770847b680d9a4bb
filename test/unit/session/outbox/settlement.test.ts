import { describe, expect, it } from "vitest";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { LEASE_MS, RESERVED_LEASE_MS, SILENT_REPORT_MS } from "../../../../src/session/bounds.ts";
import { noteAnnounced, reportOf } from "../../../../src/session/dead-letters/books.ts";
import { applyEntry } from "../../../../src/session/journal/entries.ts";
import { leasableUpTo } from "../../../../src/session/outbox/held-back.ts";
import { leaseOut, leaseReach, leaseRefusal } from "../../../../src/session/outbox/lease.ts";
import {
  alarmAt,
  claimDelay,
  expiryOf,
  mustArm,
} from "../../../../src/session/deadlines/alarm-time.ts";
import { NOW } from "../arbitrary.ts";
import { langfuseTraceId, rootObservationId } from "../../../../src/protocol/ids.ts";
import { span, Story, trace } from "../story.ts";
import { MEMORY_MS } from "../../../../src/session/bounds.ts";
import { DAY, fresh, SETTINGS } from "../support.ts";
import { observation } from "../../delivery/memory-session.ts";
import type { RecordKind, SealedRecord } from "../../../../src/protocol/record.ts";
import { erase } from "../../../../src/session/erasure/tombstone.ts";
import { readSnapshot, writeSnapshot } from "../../../../src/session/journal/snapshot.ts";
import type { SessionState } from "../../../../src/session/state.ts";

function sealedStory(): Story {
  const story = new Story();
  story.at(0, trace("create"));
  story.at(1, span("create", "a", { fields: { name: "a", endTime: NOW + 900 } }));
  story.at(2, trace("end"));
  story.sealedBy(3);
  return story;
}

const lease = (story: Story, seconds: number, maxBytes = 1_000_000): number[] => {
  advance(story.state, NOW + seconds * 1000);
  expect(leaseRefusal(story.state, undefined)).toBeUndefined();
  const upTo = leaseReach(story.state, maxBytes);
  const t = NOW + seconds * 1000;
  applyEntry(story.state, { k: "lease", t, upTo, until: t + LEASE_MS });
  const records = leasableUpTo(story.state, upTo);
  return (
    leaseOut(story.state, story.state.leases, records)?.records.map(({ ordinal }) => ordinal) ?? []
  );
};

describe("outbox", () => {
  it("leases to one consumer at a time, until the lease ends", () => {
    const { state, ...rest } = sealedStory();
    const story = Object.assign(rest, { state }) as Story;
    lease(story, 3);
    advance(state, NOW + 3000 + LEASE_MS - 1);
    expect(leaseRefusal(state, undefined)).toBe("leased");
    advance(state, NOW + 3000 + LEASE_MS);
    expect(leaseRefusal(state, undefined)).toBeUndefined();
  });

  it("leases by bytes, in order, at least one record", () => {
    const story = sealedStory();
    expect(lease(story, 3, 1)).toEqual([1]);
  });

  it("believes `delivered` of any lease, `dead` and `retry` only of the one that stands", () => {
    const story = sealedStory();
    const [first = 0, second = 0] = lease(story, 3);
    const stale = story.state.leases;
    lease(story, 3 + LEASE_MS / 1000);
    const dead = [{ ordinal: second, reason: "refused", message: "no" }];
    const settleAt = (t: number, id: number, more: object): void =>
      void applyEntry(story.state, {
        k: "settle",
        t: NOW + t * 1000,
        settle: { lease: id, delivered: [], dead: [], ...more },
      });
    settleAt(130, stale, { delivered: [first], dead, notBefore: NOW + DAY });
    expect(story.state.outbox.map(({ ordinal }) => ordinal)).toEqual([second]);
    expect(story.state.failing).toEqual({});
    settleAt(131, story.state.leases, { dead });
    expect(story.state.outbox).toEqual([]);
    expect(story.state.deadLetters).toHaveLength(1);
    expect(story.state.counts).toMatchObject({ accepted: 3, delivered: 2, dead: 1 });
  });

  it("makes everybody wait until a retry is due", () => {
    const story = sealedStory();
    lease(story, 3);
    applyEntry(story.state, {
      k: "settle",
      t: NOW + 4000,
      settle: { lease: story.state.leases, delivered: [], dead: [], notBefore: NOW + 9000 },
    });
    expect(leaseRefusal(story.state, undefined)).toBe("backoff");
    expect(claimDelay(story.state, { claimPendingUntil: 0 }, NOW + 4000)).toBe(5);
    expect(alarmAt(story.state, { claimPendingUntil: 0 })).toBe(NOW + 9000);
    advance(story.state, NOW + 9000);
    expect(leaseRefusal(story.state, undefined)).toBeUndefined();
  });
});

describe("the alarm and the claim", () => {
  it("claims a second ahead of an ended trace's sealing, once", () => {
    const story = sealedStory();
    const open = new Story();
    open.at(0, trace("create"));
    expect(claimDelay(open.state, { claimPendingUntil: 0 }, NOW)).toBeUndefined();
    open.at(2, trace("end"));
    expect(claimDelay(open.state, { claimPendingUntil: 0 }, NOW + 2000)).toBe(1);
    expect(claimDelay(open.state, { claimPendingUntil: NOW + 60_000 }, NOW + 2000)).toBeUndefined();
    expect(claimDelay(story.state, { claimPendingUntil: 0 }, NOW + 3000)).toBe(0);
    expect(claimDelay(story.state, { claimPendingUntil: 0 }, NOW + 9000)).toBe(0);
  });

  it("arms where none is set, where it is past, or where it comes too late", () => {
    const { state } = sealedStory();
    expect(mustArm(state, undefined, NOW + 5, NOW)).toBe(true);
    expect(mustArm(state, NOW, NOW + 5, NOW)).toBe(true);
    expect(mustArm(state, NOW + 9, NOW + 5, NOW)).toBe(true);
    expect(mustArm(state, NOW + 3, NOW + 5, NOW)).toBe(false);
    expect(mustArm(state, NOW + 5, NOW + 5, NOW)).toBe(false);
  });

  it("arms anew where the alarm would ring for nothing, unless turns come one upon the other", () => {
    const story = sealedStory();
    const deliver = (seconds: number): void => {
      const delivered = lease(story, seconds);
      const settle = { lease: story.state.leases, delivered, dead: [] };
      applyEntry(story.state, { k: "settle", t: NOW + seconds * 1000, settle });
    };
    const again = (seconds: number): boolean => {
      const now = NOW + seconds * 1000;
      return mustArm(story.state, now + 1, now + DAY, now);
    };
    const turn = (seconds: number, rawTrace: string): void => {
      const id = langfuseTraceId(rawTrace);
      const of = { trace: id, rawTrace, target: rootObservationId(id) };
      story.at(seconds, trace("create", of));
      story.at(seconds + 1, trace("end", of));
      deliver(seconds + 8);
    };
    expect(again(3)).toBe(false);
    deliver(3);
    expect(again(3)).toBe(true);
    expect(mustArm(story.state, NOW + DAY, NOW + DAY, NOW)).toBe(false);
    turn(64, "ui2-second");
    expect(again(72)).toBe(true);
    turn(80, "ui2-third");
    expect(again(88)).toBe(false);
    // A late action of a trace is no other turn.
    turn(200, "ui2-fourth");
    turn(210, "ui2-fourth");
    expect(again(218)).toBe(true);
  });

  it("waits for a claim that is under way before it claims again", () => {
    const story = sealedStory();
    expect(alarmAt(story.state, { claimPendingUntil: NOW + 70_000 })).toBe(NOW + 70_000);
    expect(alarmAt(story.state, { claimPendingUntil: 0 })).toBe(NOW + 3000);
  });

  it("expires a day after the last action, not before what is pending has gone", () => {
    const story = sealedStory();
    expect(expiryOf(story.state)).toBeUndefined();
    const delivered = lease(story, 3);
    applyEntry(story.state, {
      k: "settle",
      t: NOW + 4000,
      settle: { lease: story.state.leases, delivered, dead: [] },
    });
    expect(expiryOf(story.state)).toBe(NOW + 2000 + MEMORY_MS);
    expect(alarmAt(story.state, { claimPendingUntil: NOW + 70_000 })).toBe(NOW + 2000 + MEMORY_MS);
  });

  it("keeps an object for its dead letters, and for as long as it remembers at least", () => {
    const story = sealedStory();
    const dead = (t: number): void => {
      const [ordinal = 0] = lease(story, t, 1);
      const verdict = { ordinal, reason: "refused", message: "no" };
      const settle = { lease: story.state.leases, delivered: [], dead: [verdict] };
      applyEntry(story.state, { k: "settle", t: NOW + t * 1000, settle });
    };
    dead(4);
    dead(5);
    // The newest counts, however many there are.
    story.state.deadLetters.unshift(...story.state.deadLetters.slice(0, 1));
    expect(expiryOf(story.state)).toBe(NOW + 5000 + 14 * DAY);
    story.state.lastEntry = NOW + 14 * DAY;
    expect(expiryOf(story.state)).toBe(NOW + 14 * DAY + MEMORY_MS);
  });

  it("claims no sooner than it may lease, and at most ten seconds ahead", () => {
    const story = sealedStory();
    lease(story, 3, 1);
    const until = NOW + 3000 + LEASE_MS;
    const delayAt = (before: number): number | undefined =>
      claimDelay(story.state, { claimPendingUntil: until - before }, until - before);
    const delays = [10_001, 10_000, 9_999, 1_001, 1_000, 1, 0].map(delayAt);
    expect(delays).toEqual([undefined, 10, 10, 2, 1, 1, 0]);
    expect(alarmAt(story.state, { claimPendingUntil: 0 })).toBe(until);
    expect(claimDelay(story.state, { claimPendingUntil: until + 1 }, until)).toBeUndefined();
    // Nor what is not sealed yet, while what is before it may be somebody's.
    const delivered = story.state.outbox.map(({ ordinal }) => ordinal);
    const settle = { lease: story.state.leases, delivered, dead: [] };
    applyEntry(story.state, { k: "settle", t: NOW + 4000, settle });
    story.at(5, span("create", "late", { type: "event" }));
    const by = NOW + 80_000;
    const held = by + RESERVED_LEASE_MS;
    applyEntry(story.state, { k: "reserve", t: NOW + 5000, by, until: held });
    expect(alarmAt(story.state, { claimPendingUntil: 0 })).toBe(held);
    const own = { claimPendingUntil: 0, reservation: story.state.leases };
    expect(alarmAt(story.state, own)).toBeLessThan(held);
  });

  it("has a time for the alarm while anything at all is left to do", () => {
    const story = new Story();
    expect(alarmAt(story.state, { claimPendingUntil: 0 })).toBeUndefined();
    story.at(0, trace("create"));
    // A ledger that does not know of it yet hears of it first.
    expect(alarmAt(story.state, { claimPendingUntil: 0 })).toBe(NOW + SILENT_REPORT_MS);
    noteAnnounced(story.state, story.state.books.announced, reportOf(story.state));
    expect(alarmAt(story.state, { claimPendingUntil: 0 })).toBe(NOW + 1_800_000);
  });
});

it("knows while Langfuse has taken scores of it alone, also from a snapshot, until it is forgotten", () => {
  const world = (kinds: readonly RecordKind[]): SessionState => {
    const state = fresh(SETTINGS);
    for (const [index, kind] of kinds.entries()) {
      state.actions += 1;
      state.outbox.push({ ...recordOf(kind, index + 1), seq: index + 1 });
    }
    state.nextSeq = kinds.length + 1;
    state.counts.accepted = kinds.length;
    return state;
  };
  const delivered = (state: SessionState, ...ordinals: number[]): SessionState => {
    const settle = { lease: 0, delivered: ordinals, dead: [] };
    applyEntry(state, { k: "settle", t: NOW, settle });
    return readSnapshot(writeSnapshot(state));
  };
  const leased = (state: SessionState) => {
    applyEntry(state, { k: "lease", t: NOW, upTo: 9, until: NOW + LEASE_MS });
    const { taken, takenOnly } = leaseOut(state, state.leases, state.outbox) ?? {};
    return { taken, takenOnly };
  };
  const scoreFirst = delivered(world(["score", "observation", "score"]), 1);
  expect(leased(scoreFirst)).toEqual({ taken: true, takenOnly: "score" });
  expect(leased(delivered(scoreFirst, 3))).toEqual({ taken: true, takenOnly: "score" });
  expect(leased(delivered(scoreFirst, 2))).toEqual({ taken: true });
  expect(leased(delivered(world(["score", "observation", "score"]), 1, 2))).toEqual({
    taken: true,
  });
  const spanFirst = delivered(world(["observation", "score", "score"]), 1);
  expect(leased(delivered(spanFirst, 2))).toEqual({ taken: true });
  erase(scoreFirst, 0);
  expect(scoreFirst).not.toHaveProperty("scoresOnly");
});

const recordOf = (kind: RecordKind, ordinal: number): SealedRecord =>
  kind === "observation"
    ? observation("s", ordinal, 40)
    : { kind, ordinal, actions: 1, size: 40, id: `s/${ordinal}`, body: "{}", timestamp: NOW };
