// Sessions that run for long, clients that are unlucky or careless: what a bound or a bookkeeping
// shortcut must not cost them.
import { describe, expect, it } from "vitest";
import type { Action } from "../../../src/protocol/change.ts";
import type { AppendResult } from "../../../src/protocol/session/append-calls.ts";
import { advance } from "../../../src/session/deadlines/advance.ts";
import { MAX_CLIENTS, MAX_REMEMBERED } from "../../../src/session/bounds.ts";
import { applyEntry } from "../../../src/session/journal/entries.ts";
import { grantLease, leaseRefusal } from "../../../src/session/outbox/lease.ts";
import { applySettlement } from "../../../src/session/outbox/settlement.ts";
import { snapshotLine } from "../../../src/session/journal/rebuild.ts";
import type { SessionState } from "../../../src/session/state.ts";
import { NOW } from "./arbitrary.ts";
import { span, Story, trace, TRACE_ID } from "./story.ts";
import { fresh } from "./support.ts";

interface Arriving {
  state: SessionState;
  t: number;
  clientId?: string;
}

function arrive({ state, t, clientId }: Arriving, ...actions: Action[]): AppendResult[] {
  return applyEntry(state, {
    k: "append",
    t,
    arrival: { writer: "browser", ...(clientId !== undefined && { clientId }), actions },
  });
}

const statuses = (results: AppendResult[]): string[] => results.map(({ status }) => status);

/** Seals and delivers everything that is complete. */
function deliverAll(state: SessionState, t: number): void {
  advance(state, t);
  const last = state.outbox.at(-1);
  if (last === undefined) return;
  grantLease(state, { upTo: last.seq });
  applySettlement(state, {
    lease: state.leases,
    delivered: state.outbox.map(({ ordinal }) => ordinal),
    dead: [],
  });
}

describe("a missing number", () => {
  it("is waited for also where an earlier one never came", () => {
    const story = new Story();
    // Number 1 was refused at the door: it never comes.
    story.at(0, trace("create"), { seq: 2 });
    story.at(0, span("create", "first"), { seq: 3 });
    story.at(0, span("end", "first"), { seq: 4 });
    story.at(20, span("create", "second"), { seq: 5 });
    // Number 6, the span's end, is overtaken.
    story.at(20, trace("end"), { seq: 7 });
    expect(story.sealedBy(21)).not.toContain("trace");
  });

  it("has the whole wait, however shortly before another one was missed", () => {
    const story = new Story();
    story.at(0, trace("create"), { seq: 1 });
    story.at(0, span("create", "a"), { seq: 3 });
    story.at(4, span("end", "a"), { seq: 2 });
    story.at(4, trace("end"), { seq: 5 });
    expect(story.sealedBy(8)).not.toContain("trace");
  });
});

describe("an action that is too old", () => {
  it("is not decided by a moment ahead of the edge's clock", () => {
    const state = fresh();
    const ahead = NOW + 6 * 24 * 3_600_000;
    const clientId = "tab";
    // One span that ends in the future (a clock without `sentAt`, a planned end), then a long session.
    arrive(
      { state, t: NOW, clientId },
      { seq: 1, change: span("create", "planned") },
      { seq: 2, at: ahead, change: span("end", "planned") },
    );
    deliverAll(state, NOW + 70_000);
    for (let n = 0; n <= MAX_REMEMBERED; n += 1) {
      const one = { seq: 3 + n, change: span("create", `event-${n}`, { type: "event" }) };
      arrive({ state, t: NOW + 70_000 + n, clientId }, one);
      if (n % 200 === 0) deliverAll(state, NOW + 70_000 + n);
    }
    const t = NOW + 700_000;
    deliverAll(state, t);
    const next = { seq: 4 + MAX_REMEMBERED, at: t, change: span("create", "next") };
    expect(statuses(arrive({ state, t, clientId }, next))).toEqual(["accepted"]);
  });

  it("does not include what a client retries because many tabs came in the meantime", () => {
    const state = fresh();
    for (let n = 0; n <= MAX_CLIENTS; n += 1) {
      const change = span("create", `tab-${n}`);
      arrive({ state, t: NOW + n * 60_000, clientId: `tab-${n}` }, { seq: 1, change });
    }
    // Made ten seconds ago, sent again now that the network is back; never seen before.
    const t = NOW + MAX_CLIENTS * 60_000;
    const retried = { seq: 2, at: t - 10_000, change: span("end", `tab-${MAX_CLIENTS}`) };
    expect(statuses(arrive({ state, t, clientId: `tab-${MAX_CLIENTS}` }, retried))).toEqual([
      "accepted",
    ]);
  });

  it("leaves the busiest client known, whoever else came", () => {
    const state = fresh();
    const first = { seq: 1, at: NOW, change: span("create", "a") };
    arrive({ state, t: NOW, clientId: "first" }, first);
    for (let n = 1; n <= MAX_CLIENTS; n += 1) {
      const t = NOW + n * 60_000;
      arrive({ state, t, clientId: "first" }, { seq: n + 1, at: t, change: span("update", "a") });
      arrive({ state, t, clientId: `other-${n}` }, { seq: 1, change: span("create", `o-${n}`) });
    }
    const t = NOW + MAX_CLIENTS * 60_000;
    const again = { seq: MAX_CLIENTS + 1, at: t, change: span("update", "a") };
    expect(statuses(arrive({ state, t, clientId: "first" }, again))).toEqual(["repeat"]);
  });
});

describe("size", () => {
  it("is that of what will be sealed, not of all that was replaced", () => {
    const story = new Story();
    story.at(0, trace("create"));
    story.at(0, span("create", "stream", { fields: { name: "stream" } }));
    // The answer so far, with every chunk: 8 KB in the end.
    for (let n = 1; n <= 200; n += 1) {
      story.at(1, span("update", "stream", { fields: { output: "x".repeat(40 * n) } }));
    }
    story.at(2, span("end", "stream"));
    expect(story.sealedBy(3)).toEqual([]);
  });

  it("counts everything of a record that grows with what clients send", () => {
    const story = new Story();
    const tags = Array.from({ length: 100 }, (_, n) => `${n}`.padEnd(1000, "t"));
    const name = "n".repeat(1000);
    const traceFields = { name, userId: "u".repeat(200), sessionId: "s".repeat(200) };
    story.at(0, trace("create", { tags, traceFields }));
    story.at(0, span("create", "a", { fields: { name } }));
    story.at(1, span("end", "a"));
    story.at(1, trace("end"));
    story.sealedBy(5);
    const records = story.records();
    expect(records).toHaveLength(2);
    for (const record of records) {
      expect(record.size).toBeGreaterThan(0.8 * JSON.stringify(record).length);
    }
  });

  it("of a trace's metadata is bounded, since each record of the trace carries it", () => {
    const story = new Story();
    story.at(0, trace("create"));
    for (let n = 0; n < 2_000; n += 1) {
      const metadata: [string, string][] = [[`chunk-${n}`, "v".repeat(100)]];
      story.at(1, trace("update", { metadata }));
    }
    story.at(1, span("create", "a"));
    story.at(1, span("end", "a"));
    story.at(1, trace("end"));
    story.sealedBy(5);
    expect(story.record("span").trace.metadata?.length ?? 0).toBeLessThan(1_000);
  });
});

describe("memory", () => {
  it("is bounded also for traces that only scores speak of", () => {
    const state = fresh();
    const count = 12_000;
    for (let n = 0; n < count; n += 1) {
      const change = { kind: "score", trace: `${TRACE_ID}${n}`, id: `s-${n}`, body: "{}" } as const;
      arrive({ state, t: NOW + n * 70_000 }, { change });
    }
    deliverAll(state, NOW + count * 70_000);
    expect(state.sealedTraces.size).toBeLessThanOrEqual(MAX_REMEMBERED);
  });

  it("of dead letters is bounded by what they hold", () => {
    const state = fresh();
    const input = "x".repeat(1_000_000);
    for (let n = 0; n < 40; n += 1) {
      const change = span("create", `large-${n}`, { type: "event", fields: { input } });
      arrive({ state, t: NOW + n * 1000 }, { change });
      advance(state, NOW + n * 1000);
      const record = state.outbox[0];
      if (record === undefined) throw new Error("a record of this size is sealed at once");
      grantLease(state, { upTo: record.seq });
      const { ordinal } = record;
      const dead = [{ ordinal, reason: "too_large", message: "413" }];
      applySettlement(state, { lease: state.leases, delivered: [], dead });
    }
    expect(state.counts.accepted).toBe(40);
    expect(snapshotLine(state).length).toBeLessThan(32 * 1024 * 1024);
  });
});

describe("a lease", () => {
  it("is over when all of it was delivered, whoever settled it", () => {
    const story = new Story();
    const { state } = story;
    story.at(0, trace("create"));
    story.at(0, trace("end"));
    story.sealedBy(1);
    grantLease(state, { upTo: 1 });
    advance(state, NOW + 130_000);
    grantLease(state, { upTo: 1 });
    // The first consumer was only slow, and delivered; the second one died.
    applySettlement(state, { lease: 1, delivered: [1], dead: [] });
    story.at(131, span("create", "late", { type: "event" }));
    advance(state, NOW + 133_000);
    expect(state.outbox).toHaveLength(1);
    expect(leaseRefusal(state, undefined)).toBeUndefined();
  });
});

describe("a trace that says much of itself", () => {
  const metadata = [
    ...Array.from({ length: 180 }, (_, n): [string, string] => [
      `k${n}`.padEnd(200, "k"),
      "v".repeat(200),
    ]),
    ...Array.from({ length: 20 }, (_, n): [string, string] => [`experiment_${n}`, "on"]),
  ];
  const records = () => {
    const story = new Story();
    story.at(0, trace("create", { traceFields: { name: "n".repeat(1000) }, metadata }));
    for (let n = 0; n < 30; n += 1) {
      story.at(0, span("create", `s${n}`, { type: "event" }));
      const body = JSON.stringify({ id: `${n}`, traceId: TRACE_ID, name: "liked", value: 1 });
      story.at(0, { kind: "score", trace: TRACE_ID, id: `${n}`, body } as never);
    }
    story.at(0, trace("end"));
    story.sealedBy(2);
    return story.state.outbox;
  };

  it("makes no record larger than it counts for: leases are bounded by that", () => {
    expect(records()).toHaveLength(61);
    for (const record of records()) {
      expect(JSON.stringify(record).length).toBeLessThan(record.size);
    }
  });

  it("has its scores carry what figures ask for, and no more", () => {
    const score = records().find(({ kind }) => kind === "score");
    if (score?.kind !== "score") throw new Error("no score");
    const keys = (score.labels?.metadata ?? []).map(([key]) => key);
    expect(keys.filter((key) => key.startsWith("experiment_"))).toHaveLength(8);
    expect(keys.filter((key) => !key.startsWith("experiment_"))).toEqual(["source"]);
  });
});
