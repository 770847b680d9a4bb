import { describe, expect, it } from "vitest";
import type { SealedRecord } from "../../../../src/protocol/record.ts";
import type { LeaseAnswer } from "../../../../src/protocol/session/lease-calls.ts";
import type { Settlement } from "../../../../src/protocol/session/settle-calls.ts";
import { eraseSession } from "../../../../src/session/erasure/erase-session.ts";
import { leaseRecords, settleLease } from "../../../../src/session/outbox/lease-records.ts";
import { replayLetters } from "../../../../src/session/dead-letters/letter-calls.ts";
import { LEASE_MS } from "../../../../src/session/bounds.ts";
import type { InstanceMemory } from "../../../../src/session/deadlines/alarm-time.ts";
import { NOW } from "../arbitrary.ts";
import { recount } from "../recount.ts";
import { span, Story } from "../story.ts";

const AT = NOW + 70_000;

/** Two spans (1, 2) and a score (3), leased, and more of both on request. */
function leased() {
  const story = new Story();
  for (const name of ["a", "b"]) story.at(0, span("create", name, { type: "event" }));
  story.sealedBy(70);
  const { state } = story;
  const memory: InstanceMemory = { claimPendingUntil: AT + 1 };
  let now = AT;
  const [sealed] = state.outbox;
  if (sealed === undefined) throw new Error("nothing was sealed");
  const add = (record: SealedRecord): void => {
    state.actions += 1;
    const ordinal = state.actions;
    state.outbox.push({ ...record, ordinal, size: 10, seq: state.nextSeq });
    state.nextSeq += 1;
    state.outboxSize += 10;
    state.counts.accepted += 1;
  };
  const addScore = (): void =>
    add({ kind: "score", ordinal: 0, actions: 1, size: 10, id: "s", body: "{}", timestamp: NOW });
  const addSpan = (): void => add({ ...sealed, actions: 1 });
  addScore();
  const lease = (): LeaseAnswer => leaseRecords(state, memory, { maxBytes: 1e6 }, now).answer;
  const ordinals = (): number[] | undefined => lease().lease?.records.map(({ ordinal }) => ordinal);
  const settle = (id: number, how: Partial<Settlement>) => {
    const waits = { ...(how.retry && { retry: { observation: 5_000, score: 5_000 } }), alone: [] };
    const settlement = { lease: id, delivered: [], dead: [], ...how };
    const { answer } = settleLease(state, memory, settlement, waits, now);
    recount(state);
    return answer;
  };
  const wait = (ms: number): void => {
    now += ms;
  };
  return { state, addScore, addSpan, lease, ordinals, settle, wait, now: () => now };
}

describe("a part that is told again, since its answer was lost", () => {
  const dead = [{ ordinal: 1, reason: "refused", message: "no" }];

  it("does not take a record that was dead, and was replayed meanwhile", () => {
    const { state, lease, settle, ordinals, wait, now } = leased();
    const records = lease().lease?.records ?? [];
    settle(1, { dead, delivered: [2], keeps: ["score"] });
    const read = (ordinal: number) => state.letterFiles.find(ordinal);
    const { answer } = replayLetters(state, { project: state.project }, read, now());
    expect(answer.ordinals).toEqual([1]);
    settle(1, { dead, delivered: [2, 3] });
    expect(state.deadLetters).toEqual([]);
    expect(state.counts).toMatchObject({ delivered: 2, dead: 0 });
    wait(1_000);
    expect(ordinals()).toEqual([1]);
    expect(records).toHaveLength(3);
  });

  it("counts nothing twice", () => {
    const { state, lease, settle } = leased();
    lease();
    settle(1, { dead, delivered: [2], keeps: ["score"] });
    settle(1, { dead, delivered: [2, 3] });
    expect(state.deadLetters).toHaveLength(1);
    expect(state.counts).toMatchObject({ delivered: 2, dead: 1, accepted: 3 });
    expect(state.outbox).toEqual([]);
  });
});

describe("a lease that is settled in part", () => {
  it("is over for the kind that is settled: its next records are leased beside it", () => {
    const { addScore, addSpan, ordinals, settle, wait } = leased();
    expect(ordinals()).toEqual([1, 2, 3]);
    settle(1, { delivered: [1, 2], keeps: ["score"] });
    addSpan();
    addScore();
    wait(1_000);
    // The score that is sealed meanwhile waits for the one that is out: order.
    expect(ordinals()).toEqual([4]);
    expect(ordinals()).toBeUndefined();
    settle(2, { delivered: [4] });
    // The score is still out, whoever came in between.
    expect(ordinals()).toBeUndefined();
    settle(1, { delivered: [3] });
    expect(ordinals()).toEqual([5]);
  });

  it("holds all of a kind of which a part is still out", () => {
    const { ordinals, settle, state } = leased();
    ordinals();
    settle(1, { delivered: [1], keeps: ["observation", "score"] });
    expect(ordinals()).toBeUndefined();
    settle(1, { dead: [{ ordinal: 2, reason: "refused", message: "no" }], keeps: ["score"] });
    expect(state.deadLetters).toHaveLength(1);
    settle(1, { retry: { reason: "timeout", kinds: ["score"] } });
    expect(state.failing.score).toMatchObject({ tries: 1 });
    expect(state.failing.observation).toBeUndefined();
  });

  it("ends in its time, and its consumer is believed of deliveries alone when another one has the rest", () => {
    const { ordinals, settle, wait, state } = leased();
    ordinals();
    settle(1, { delivered: [1, 2], keeps: ["score"] });
    wait(LEASE_MS - 1);
    expect(ordinals()).toBeUndefined();
    wait(1);
    expect(ordinals()).toEqual([3]);
    settle(1, { dead: [{ ordinal: 3, reason: "refused", message: "no" }] });
    expect(state.deadLetters).toEqual([]);
    settle(1, { delivered: [3] });
    expect(state.outbox).toEqual([]);
  });

  it("tells what was settled before, and what the session never had", () => {
    const { ordinals, settle } = leased();
    ordinals();
    expect(settle(1, { delivered: [1, 2], keeps: ["score"] })).not.toHaveProperty("repeated");
    expect(settle(1, { delivered: [2, 3, 77] })).toMatchObject({ repeated: 1, unknown: 1 });
  });

  it("has what it still holds counted as in flight when the session is deleted", () => {
    const { ordinals, settle, state, now } = leased();
    ordinals();
    settle(1, { delivered: [1, 2], keeps: ["score"] });
    const { answer } = eraseSession(state, { claimPendingUntil: 0 }, now());
    expect(answer).toMatchObject({ inFlight: 1, pending: 0 });
    settle(1, { delivered: [3] });
    expect(state.counts).toMatchObject({ accepted: 3, delivered: 3 });
  });
});
