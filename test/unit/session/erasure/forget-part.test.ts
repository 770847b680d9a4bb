// One session among many in a lane: what is forgotten of it, what stays of the others, what is refused.
import { describe, expect, it } from "vitest";
import type { Action, Change, ScoreChange } from "../../../../src/protocol/change.ts";
import { langfuseTraceId, traceRecordId } from "../../../../src/protocol/ids.ts";
import type { AppendResult } from "../../../../src/protocol/session/append-calls.ts";
import { appendActions } from "../../../../src/session/append.ts";
import { DELETED_MS, LEASE_MS, MEMORY_MS } from "../../../../src/session/bounds.ts";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { expiryOf } from "../../../../src/session/deadlines/alarm-time.ts";
import { forgetSessionIn } from "../../../../src/session/erasure/forget-session-in.ts";
import { rememberForgotten } from "../../../../src/session/erasure/forgotten-sessions.ts";
import { applyEntry, toJournal } from "../../../../src/session/journal/entries.ts";
import { entryLine, rebuild, snapshotLine } from "../../../../src/session/journal/rebuild.ts";
import { leaseReach } from "../../../../src/session/outbox/lease.ts";
import { emptyState, type SessionState } from "../../../../src/session/state.ts";
import { NOW } from "../arbitrary.ts";
import { recount } from "../recount.ts";
import { SETTINGS, TERMS } from "../support.ts";

const NO_MEMORY = { claimPendingUntil: 0 };
const MARKER = "nobody else's business";

const record = (raw: string, sessionId?: string): Change => ({
  kind: "change",
  op: "create",
  legacy: true,
  root: true,
  trace: langfuseTraceId(raw),
  target: traceRecordId(langfuseTraceId(raw)),
  fields: { startTime: NOW, input: `${MARKER} of ${sessionId ?? "nobody"}` },
  traceFields: { name: raw, ...(sessionId !== undefined && { sessionId }) },
});
const work = (raw: string, name: string, endTime?: number): Change => ({
  kind: "change",
  op: "create",
  legacy: true,
  type: "span",
  trace: langfuseTraceId(raw),
  target: `${raw} ${name}`,
  fields: { startTime: NOW, name, ...(endTime !== undefined && { endTime }) },
});
const score = (id: string, body: Record<string, string>): ScoreChange => ({
  kind: "score",
  legacy: true,
  trace: body["traceId"] ?? "",
  id,
  body: JSON.stringify({ id, name: "good", value: 1, ...body }),
});

/** A lane, its journal, and what a cold start makes of it. */
class Lane {
  state: SessionState = emptyState("", SETTINGS);
  lines: string[] = [];
  #n = 0;

  append(seconds: number, ...changes: (Change | ScoreChange)[]): AppendResult[] {
    const t = NOW + seconds * 1000;
    const actions = changes.map((change): Action => ({
      id: `event-${(this.#n += 1)}`,
      at: t,
      change,
    }));
    const request = { project: "pk-test", writer: "server" as const, lane: true as const, actions };
    const { answer, entries } = appendActions(this.state, request, TERMS, t);
    this.lines.push(...toJournal(this.state, entries).map(entryLine));
    this.check();
    return answer.results;
  }
  forget(seconds: number, session: string) {
    const files = this.state.letterFiles;
    const { answer, entries, rewrite } = forgetSessionIn(
      this.state,
      NO_MEMORY,
      { sessionId: session },
      (ordinal) => files.find(ordinal),
      NOW + seconds * 1000,
    );
    const lines = toJournal(this.state, entries).map(entryLine);
    if (rewrite === true) {
      // Without the rewriting a replay comes to the same.
      expect(rebuild([...this.lines, ...lines], SETTINGS, () => {})).toEqual(this.state);
      this.lines = [snapshotLine(this.state)];
    } else this.lines.push(...lines);
    this.check();
    return answer;
  }
  lease(seconds: number, upTo?: number): number {
    const t = NOW + seconds * 1000;
    advance(this.state, t);
    const reach = upTo ?? leaseReach(this.state, 1e9);
    this.#entry({ k: "lease", t, upTo: reach, until: t + LEASE_MS });
    return this.state.leases;
  }
  settle(seconds: number, settle: { lease: number; delivered: number[]; dead: number[] }): void {
    const dead = settle.dead.map((ordinal) => ({ ordinal, reason: "refused", message: "no" }));
    this.#entry({ k: "settle", t: NOW + seconds * 1000, settle: { ...settle, dead } });
  }
  seal(seconds: number): void {
    advance(this.state, NOW + seconds * 1000);
  }
  /** Of the sealed records; of scores, their ids. */
  sessions(): string[] {
    return this.state.outbox
      .map((one) => ("trace" in one ? (one.trace.sessionId ?? "nobody") : one.id))
      .sort((a, b) => a.localeCompare(b));
  }
  #entry(entry: Parameters<typeof applyEntry>[1]): void {
    advance(this.state, entry.t);
    applyEntry(this.state, entry);
    this.lines.push(...toJournal(this.state, [entry]).map(entryLine));
    this.check();
  }
  check(): void {
    recount(this.state);
    if (this.lines.length === 0) return;
    const { t } = this.state;
    // A refusal moves the time on, and writes nothing.
    expect({ ...rebuild(this.lines, SETTINGS, () => {}), t }).toEqual(this.state);
    expect(rebuild([snapshotLine(this.state)], SETTINGS, () => {})).toEqual(this.state);
  }
}

const DELETED = expect.objectContaining({ status: "refused", code: "session_deleted" });
const TAKEN = { status: "accepted" };

describe("a session that is forgotten in a lane", () => {
  it("leaves with what is open of it, and nothing else does", () => {
    const lane = new Lane();
    lane.append(0, record("t1", "ada"), work("t1", "a"), work("t1", "b", NOW + 9));
    lane.append(0, record("t2", "bob"), work("t2", "c"), record("t3"), work("t3", "d"));
    expect(lane.forget(1, "ada")).toEqual({
      actions: 3,
      open: 3,
      pending: 0,
      dead: 0,
      inFlight: 0,
      until: NOW + 1000 + DELETED_MS,
      left: 0,
    });
    expect(lane.lines.join("\n")).not.toContain("ada");
    expect(lane.lines.join("\n")).not.toContain("t1");
    lane.seal(4000);
    expect(lane.sessions()).toEqual(["bob", "bob", "nobody", "nobody"]);
    expect(lane.forget(4001, "ada")).toMatchObject({ actions: 0, open: 0 });
  });

  it("leaves with its sealed records and its dead letters", () => {
    const lane = new Lane();
    const session = score("s1", { sessionId: "ada" });
    const other = score("s2", { sessionId: "bob" });
    const ofTrace = score("s3", { traceId: langfuseTraceId("t1") });
    lane.append(0, record("t1", "ada"), work("t1", "a", NOW + 9), session, other, ofTrace);
    lane.append(0, record("t2", "bob"), work("t2", "c", NOW + 9));
    lane.seal(600);
    expect(lane.state.outbox).toHaveLength(7);
    const lease = lane.lease(600);
    const firstOf = (name: string) =>
      lane.state.outbox.find((one) => "trace" in one && one.trace.sessionId === name)?.ordinal ?? 0;
    lane.settle(601, { lease, delivered: [], dead: [firstOf("ada"), firstOf("bob")] });
    expect(lane.forget(602, "ada")).toMatchObject({
      actions: 4,
      open: 0,
      pending: 3,
      dead: 1,
      inFlight: 0,
      left: 2,
    });
    expect(lane.sessions()).toEqual(["bob", "s2"]);
    expect(lane.state.deadLetters).toHaveLength(1);
  });

  it("takes a score out of a trace that is nobody's, before it is sealed", () => {
    const lane = new Lane();
    lane.append(0, score("s1", { sessionId: "ada" }), score("s2", { sessionId: "bob" }));
    expect(lane.forget(1, "ada")).toMatchObject({ actions: 1, open: 1 });
    lane.seal(600);
    expect(lane.sessions()).toEqual(["s2"]);
  });

  it.each(["delivered", "dead", "neither"] as const)(
    "is not brought back by a delivery under way that ends as %s",
    (end) => {
      const lane = new Lane();
      lane.append(0, record("t1", "ada"), work("t1", "a", NOW + 9), record("t2", "bob"));
      lane.seal(600);
      const lease = lane.lease(600);
      const out = lane.state.outbox.map(({ ordinal }) => ordinal);
      expect(lane.forget(601, "ada")).toMatchObject({ actions: 0, pending: 0, inFlight: 2 });
      expect(lane.sessions()).toEqual(["bob"]);
      for (let round = 0; round < 2; round += 1) {
        lane.settle(602, {
          lease,
          delivered: end === "delivered" ? out : [],
          dead: end === "dead" ? out : [],
        });
        // No verdict of the delivery is taken for one on a record that never was.
        if (round === 0) expect(lane.state.counts.unknown).toBe(0);
      }
      const { counts, deadLetters, outbox } = lane.state;
      expect(deadLetters).toHaveLength(end === "dead" ? 1 : 0);
      expect(outbox).toHaveLength(end === "neither" ? 1 : 0);
      expect(counts.delivered).toBe(end === "delivered" ? 3 : 0);
      expect(counts.dropped.get("forgotten") ?? 0).toBe(end === "delivered" ? 0 : 2);
    },
  );

  it("is refused for a day, with its traces, and taken after that", () => {
    const lane = new Lane();
    lane.append(0, record("t1", "ada"));
    lane.forget(1, "ada");
    const late = (seconds: number) =>
      lane.append(
        seconds,
        work("t1", "a"),
        record("t1", "ada"),
        work("t2", "c"),
        score("s", { sessionId: "ada" }),
      );
    for (const at of [2, 3600, DELETED_MS / 1000]) {
      expect(late(at)).toEqual([DELETED, DELETED, TAKEN, DELETED]);
    }
    expect(late(DELETED_MS / 1000 + 1)).toEqual([TAKEN, TAKEN, TAKEN, TAKEN]);
  });

  it("may be one that nothing was written of, and its traces are known by the first that names it", () => {
    const lane = new Lane();
    expect(lane.forget(1, "ada")).toMatchObject({ actions: 0, open: 0, inFlight: 0 });
    expect(expiryOf(lane.state)).toBe(NOW + 1000 + MEMORY_MS);
    expect(lane.append(2, work("t1", "b"), record("t1", "ada"))).toEqual([DELETED, DELETED]);
    expect(lane.append(3, work("t1", "a"), work("t2", "a"))).toEqual([DELETED, TAKEN]);
    const { length } = lane.lines;
    expect(lane.append(4, work("t1", "a"), record("t1", "ada"))).toEqual([DELETED, DELETED]);
    // Known already: a refusal costs no row.
    expect(lane.lines).toHaveLength(length);
  });

  it("begins its day anew when it is forgotten again", () => {
    const lane = new Lane();
    lane.append(0, record("t1", "ada"));
    lane.forget(1, "ada");
    lane.forget(3601, "ada");
    expect(lane.append(DELETED_MS / 1000 + 3600, work("t1", "a"))).toEqual([DELETED]);
  });

  it("has so many traces remembered, the latest, and the sessions together so many", () => {
    const { state } = new Lane();
    const traces = Array.from({ length: 1_100 }, (_, n) => `trace-${n}`);
    for (let n = 0; n < 40; n += 1) rememberForgotten(state, `s${n}`, traces, NOW + n);
    const kept = state.forgotten?.sessions.map((one) => one.traces.length) ?? [];
    expect(kept).toEqual([
      ...Array.from({ length: 24 }, () => 0),
      ...Array.from({ length: 16 }, () => 1_024),
    ]);
    expect(state.forgotten?.sessions.at(-1)?.traces.at(-1)).toBe("trace-1099");
  });

  it("is one of so many as are remembered", () => {
    const lane = new Lane();
    for (let n = 0; n < 1_030; n += 1) {
      forgetSessionIn(lane.state, NO_MEMORY, { sessionId: `s${n}` }, () => undefined, NOW + n);
    }
    expect(lane.state.forgotten?.sessions).toHaveLength(1_024);
    lane.lines = [snapshotLine(lane.state)];
    expect(lane.append(2, record("t1", "s0"), record("t2", "s1029"))).toEqual([TAKEN, DELETED]);
  });
});
