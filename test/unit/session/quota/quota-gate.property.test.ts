import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change, Writer } from "../../../../src/protocol/change.ts";
import { MAX_OPEN_OBSERVATIONS, MAX_OPEN_TRACES } from "../../../../src/protocol/limits.ts";
import type { AppendResult } from "../../../../src/protocol/session/append-calls.ts";
import { langfuseTraceId } from "../../../../src/protocol/ids.ts";
import { entryLine, rebuild, snapshotLine } from "../../../../src/session/journal/rebuild.ts";
import { bytesOf } from "../../../../src/session/quota/quota-gate.ts";
import type { SessionState } from "../../../../src/session/state.ts";
import { appendActions } from "../../../../src/session/append.ts";
import { readSettings, type SessionQuota } from "../../../../src/settings/index.ts";
import { NOW } from "../arbitrary.ts";
import { recount } from "../recount.ts";
import { span } from "../story.ts";
import { fresh, SETTINGS } from "../support.ts";
import { runs } from "../../../support/runs.ts";

const NO_LIMIT = { actionsPerMinute: 1e9, bytesPerMinute: 1e12 };

/** A session under a quota, with its journal. */
class Kept {
  now = NOW;
  state: SessionState = fresh();
  lines: string[] = [];
  readonly quota: SessionQuota;

  constructor(quota: Partial<SessionQuota>) {
    this.quota = { ...NO_LIMIT, ...quota };
  }

  /** Sends actions with these numbers. */
  send(seqs: readonly number[], of: { change?: Change; writer?: Writer } = {}): AppendResult[] {
    const { writer = "browser" } = of;
    const actions = seqs.map((seq) => ({
      seq,
      at: this.now,
      change: of.change ?? span("create", `s-${seq}`, { type: "event" }),
    }));
    const request = { project: "pk-test", writer, clientId: "tab", actions };
    const terms = { assembly: SETTINGS, quota: this.quota };
    const { answer, entries } = appendActions(this.state, request, terms, this.now);
    for (const entry of entries) this.lines.push(entryLine(entry));
    return answer.results;
  }

  evict(): void {
    this.state = rebuild(this.lines, SETTINGS);
  }
}

const numbers = (count: number, from = 1): number[] =>
  Array.from({ length: count }, (_, n) => from + n);
const taken = (results: AppendResult[]): number =>
  results.filter(({ status }) => status === "accepted").length;
const refusalOf = (results: AppendResult[]): AppendResult | undefined =>
  results.find(({ status }) => status === "refused");
const waitOf = (results: AppendResult[]): number => {
  const refusal = refusalOf(results);
  return refusal?.status === "refused" ? (refusal.retryAfter ?? 0) : 0;
};

const stepsArb = fc.array(
  fc.record({
    wait: fc.oneof(fc.nat(2_000), fc.nat(70_000)),
    count: fc.integer({ min: 1, max: 12 }),
    evict: fc.boolean(),
    compact: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);

describe("a session's quota", () => {
  it("takes no more than its figure in a minute, in order, and what waits gets its turn", () => {
    fc.assert(
      fc.property(stepsArb, fc.integer({ min: 1, max: 20 }), (steps, actionsPerMinute) => {
        const kept = new Kept({ actionsPerMinute });
        const minutes = new Map<number, number>();
        // A client sends again what was refused, before anything new.
        let next = 1;
        for (const { wait, count } of steps) {
          kept.now += wait;
          const results = kept.send(numbers(count, next));
          const accepted = taken(results);
          // A number that was refused is not used up: nothing is a repeat, and nothing overtakes.
          const statuses = results.map(({ status }) => status);
          expect(statuses).toEqual([
            ...Array.from({ length: accepted }, () => "accepted"),
            ...Array.from({ length: count - accepted }, () => "refused"),
          ]);
          recount(kept.state);
          next += accepted;
          const minute = Math.floor(kept.now / 60_000);
          minutes.set(minute, (minutes.get(minute) ?? 0) + accepted);
          if (accepted === count) continue;
          const seconds = waitOf(results);
          expect(seconds).toBeGreaterThanOrEqual(1);
          expect(seconds).toBeLessThanOrEqual(120);
          kept.now += seconds * 1000;
          expect(kept.send([next])).toEqual([{ status: "accepted" }]);
          next += 1;
          const later = Math.floor(kept.now / 60_000);
          minutes.set(later, (minutes.get(later) ?? 0) + 1);
        }
        expect(Math.max(...minutes.values())).toBeLessThanOrEqual(actionsPerMinute);
        expect(kept.state.counts.accepted).toBe(next - 1);
      }),
      { numRuns: runs(300) },
    );
  });

  it("is forgiven by no eviction and no rewriting of the journal", () => {
    fc.assert(
      fc.property(stepsArb, (steps) => {
        const limits = { actionsPerMinute: 15, bytesPerMinute: 4_000 };
        const [live, evicted] = [new Kept(limits), new Kept(limits)];
        let next = 1;
        for (const { wait, count, evict, compact } of steps) {
          live.now += wait;
          evicted.now += wait;
          const [one, other] = [live, evicted].map((kept) => kept.send(numbers(count, next)));
          expect(other).toEqual(one);
          next += taken(one ?? []);
          if (compact) evicted.lines = [snapshotLine(evicted.state)];
          if (evict) evicted.evict();
          for (const { state } of [live, evicted]) recount(state);
        }
      }),
      { numRuns: runs(200) },
    );
  });

  it("counts bytes as they go over the wire", () => {
    const change = span("create", "s", { fields: { input: "€".repeat(100) } });
    const plain = bytesOf({ change: span("create", "s") });
    expect(bytesOf({ change })).toBe(plain + 300);
    const kept = new Kept({ bytesPerMinute: 3 * bytesOf({ change }) });
    expect(taken(kept.send(numbers(5), { change }))).toBe(3);
  });

  it("takes what is larger than a minute's share when nothing else is in its way", () => {
    const kept = new Kept({ bytesPerMinute: 1_000 });
    const large = span("create", "large", { fields: { output: "x".repeat(5_000) } });
    expect(taken(kept.send([1]))).toBe(1);
    const refused = kept.send([2], { change: large });
    expect(taken(refused)).toBe(0);
    kept.now += waitOf(refused) * 1000;
    expect(taken(kept.send([2], { change: large }))).toBe(1);
    expect(waitOf(kept.send([3]))).toBeGreaterThan(30);
  });

  it("lets nothing overtake what has to wait, however small", () => {
    const kept = new Kept({ bytesPerMinute: 3_000 });
    kept.send([1]);
    const sizes = [3_000, 10, 10];
    const actions = sizes.map((size, n) => ({
      seq: n + 2,
      at: kept.now,
      change: span("create", `s-${n}`, { fields: { input: "x".repeat(size) } }),
    }));
    const request = { project: "pk-test", writer: "browser" as const, clientId: "tab", actions };
    const terms = { assembly: SETTINGS, quota: kept.quota };
    const { answer } = appendActions(kept.state, request, terms, kept.now);
    expect(answer.results.map(({ status }) => status)).toEqual(["refused", "refused", "refused"]);
  });

  it("does not begin anew with each minute", () => {
    const kept = new Kept({ actionsPerMinute: 10 });
    kept.now = NOW + 59_000;
    expect(taken(kept.send(numbers(10)))).toBe(10);
    kept.now = NOW + 66_000;
    expect(taken(kept.send(numbers(10, 11)))).toBe(1);
    kept.now = NOW + 90_000;
    expect(taken(kept.send(numbers(10, 12)))).toBe(4);
  });

  it("does not count repeats, nor what servers send", () => {
    const kept = new Kept({ actionsPerMinute: 5 });
    expect(taken(kept.send(numbers(5)))).toBe(5);
    expect(kept.send(numbers(5)).map(({ status }) => status)).not.toContain("refused");
    expect(taken(kept.send(numbers(100, 1000), { writer: "server" }))).toBe(100);
    expect(refusalOf(kept.send([6]))).toMatchObject({ code: "quota_exceeded" });
    kept.now += 120_000;
    expect(taken(kept.send([6]))).toBe(1);
  });

  it("keeps nothing of a request of which nothing was taken", () => {
    const kept = new Kept({ actionsPerMinute: 2 });
    kept.send(numbers(2));
    const before = [...kept.lines];
    for (let n = 0; n < 20; n += 1) expect(taken(kept.send([3]))).toBe(0);
    expect(kept.lines).toEqual(before);
  });
});

describe("the number of open observations", () => {
  it("is bounded; what is open may go on and end, and makes room", () => {
    const kept = new Kept({});
    const open = (n: number): Change => span("create", `open-${n}`);
    for (let n = 0; n < MAX_OPEN_OBSERVATIONS; n += 1) {
      kept.send([n + 1], { change: open(n), writer: "server" });
    }
    expect(kept.state.assembling).toBe(MAX_OPEN_OBSERVATIONS);
    const seq = MAX_OPEN_OBSERVATIONS + 1;
    const refused = kept.send([seq], { change: open(seq), writer: "server" });
    expect(refusalOf(refused)).toMatchObject({ code: "quota_exceeded" });
    expect(waitOf(refused)).toBeLessThanOrEqual(60);
    expect(taken(kept.send([seq], { change: span("end", "open-0"), writer: "server" }))).toBe(1);
    kept.now += 61_000;
    expect(taken(kept.send([seq + 1], { change: open(seq), writer: "server" }))).toBe(1);
  });

  it("is bounded in traces too", () => {
    const kept = new Kept({});
    const inTrace = (n: number): Change => ({
      ...span("create", `s-${n}`),
      trace: langfuseTraceId(`t-${n}`),
    });
    for (let n = 0; n < MAX_OPEN_TRACES; n += 1) kept.send([n + 1], { change: inTrace(n) });
    expect(kept.state.openTraces.size).toBe(MAX_OPEN_TRACES);
    const another = kept.send([MAX_OPEN_TRACES + 1], { change: inTrace(MAX_OPEN_TRACES) });
    expect(refusalOf(another)).toMatchObject({ code: "quota_exceeded" });
    const { trace } = inTrace(0);
    const beside = { ...span("create", "beside"), trace };
    expect(taken(kept.send([MAX_OPEN_TRACES + 1], { change: beside }))).toBe(1);
  });
});

it("is a setting, and a wrong one is named and not used", () => {
  const { limits, problems } = readSettings({
    SESSION_ACTIONS_PER_MINUTE: "50",
    SESSION_BYTES_PER_MINUTE: "-1",
  });
  expect(limits.session).toEqual({ actionsPerMinute: 50, bytesPerMinute: 32 * 1024 * 1024 });
  expect(problems.join()).toContain("SESSION_BYTES_PER_MINUTE");
});
