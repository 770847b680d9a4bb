import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSpanRecord } from "../../../../src/protocol/record.ts";
import type { Lease } from "../../../../src/protocol/session/lease-calls.ts";
import { MAX_SPANS } from "../../../../src/protocol/limits.ts";
import { MAX_SPAN_IDS } from "../../../../src/session/bounds.ts";
import { leaseRecords, settleLease } from "../../../../src/session/outbox/lease-records.ts";
import { eraseSession } from "../../../../src/session/erasure/erase-session.ts";
import { appendSpans } from "../../../../src/session/spans/append-spans.ts";
import { NOW } from "../arbitrary.ts";
import { Shell } from "../shell.ts";
import { span, trace } from "../story.ts";
import { fresh, TERMS } from "../support.ts";
import { complete, ORIGINS, spansRequest } from "./spanning.ts";

const statuses = (results: { status: string }[]): string[] => results.map(({ status }) => status);

describe("spans of a session", () => {
  it("are records as they come, and lie in the outbox at once, with what they share", () => {
    const shell = new Shell();
    expect(statuses(shell.appendSpans(complete("01"), complete("02", "b")))).toEqual([
      "accepted",
      "accepted",
    ]);
    const lease = shell.lease();
    expect(lease?.records.filter(isSpanRecord).map(({ id, origin }) => [id, origin])).toEqual([
      ["01", "a"],
      ["02", "b"],
    ]);
    expect(lease?.origins).toEqual(ORIGINS);
    shell.settle(lease as Lease);
    expect(shell.state.counts).toMatchObject({ accepted: 2, delivered: 2 });
    expect([shell.state.outbox, shell.state.origins.size]).toEqual([[], 0]);
  });

  it("are known when an exporter sends them again, also after an eviction and a delivery", () => {
    const shell = new Shell();
    shell.appendSpans(complete("01"));
    shell.restart();
    expect(statuses(shell.appendSpans(complete("01"), complete("02")))).toEqual([
      "repeat",
      "accepted",
    ]);
    shell.deliver();
    shell.deliver();
    shell.restart();
    expect(statuses(shell.appendSpans(complete("01"), complete("02")))).toEqual([
      "repeat",
      "repeat",
    ]);
    expect(shell.posted.size).toBe(2);
    // The same id in another trace is another span.
    const other = complete("01", "a", { traceId: "f".repeat(32) });
    expect(statuses(shell.appendSpans(other))).toEqual(["accepted"]);
  });

  it("twice in one request are one", () => {
    const shell = new Shell();
    expect(statuses(shell.appendSpans(complete("01"), complete("01")))).toEqual([
      "accepted",
      "repeat",
    ]);
  });

  it("that name an origin which did not come along are refused alone", () => {
    const shell = new Shell();
    const results = shell.appendSpans(complete("01", "c" as "a"), complete("02"));
    expect(results).toMatchObject([
      { status: "refused", code: "invalid_data" },
      { status: "accepted" },
    ]);
  });

  it("never meet the number of an action", () => {
    const shell = new Shell();
    shell.append(trace("create"), span("create", "a"));
    shell.appendSpans(complete("01"), complete("02"));
    shell.append(span("end", "a"), trace("end"));
    shell.now += 10_000;
    const lease = shell.lease();
    const ordinals = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    expect(ordinals.toSorted((a, b) => a - b)).toEqual([-2, -1, 1, 2]);
    shell.settle(lease as Lease);
    expect(shell.state.counts).toMatchObject({ accepted: 6, delivered: 6, unknown: 0 });
  });

  it("are remembered in bounded number", () => {
    const state = fresh();
    const items = Array.from({ length: MAX_SPAN_IDS + 5 }, (_, n) => complete(String(n)));
    appendSpans(state, ...withSpans(items), TERMS, NOW);
    expect(state.spanIds.size).toBe(MAX_SPAN_IDS);
  });

  it("are known again after one more of the largest requests came in between", () => {
    const state = fresh();
    const request = (letter: string) =>
      withSpans(Array.from({ length: MAX_SPANS }, (_, n) => complete(`${letter}${n}`)));
    const first = request("a");
    appendSpans(state, ...first, TERMS, NOW);
    appendSpans(state, ...request("b"), TERMS, NOW);
    const { results } = appendSpans(state, ...first, TERMS, NOW).answer;
    expect(results.filter(({ status }) => status !== "repeat")).toEqual([]);
  });

  it("count with the resource that they bring, once: a small span with a large one is no small request", () => {
    const policy = { ...TERMS, quota: { actionsPerMinute: 1_000, bytesPerMinute: 100_000 } };
    const state = fresh();
    const request = (nth: number, origin: string) => ({
      ...spansRequest([], "browser"),
      spans: {
        items: [{ ...complete(`${nth}`), origin }],
        origins: { [origin]: { resource: "r".repeat(60_000), scope: "{}" } },
      },
    });
    const send = (nth: number, origin: string) => {
      const asked = request(nth, origin);
      return statuses(appendSpans(state, asked, asked.spans, policy, NOW).answer.results);
    };
    expect(send(1, "a")).toEqual(["accepted"]);
    expect(send(2, "a")).toEqual(["accepted"]);
    expect(send(3, "b")).toEqual(["refused"]);
    expect(send(4, "a")).toEqual(["accepted"]);
  });

  it("count for a page's quota as actions do, and for a server's not", () => {
    const policy = { ...TERMS, quota: { actionsPerMinute: 2, bytesPerMinute: 1e9 } };
    const items = ["01", "02", "03"].map((id) => complete(id));
    const page = appendSpans(fresh(), ...withSpans(items, "browser"), policy, NOW).answer;
    expect(page.results).toMatchObject([
      { status: "accepted" },
      { status: "accepted" },
      { status: "refused", code: "quota_exceeded" },
    ]);
    const server = appendSpans(fresh(), ...withSpans(items), policy, NOW).answer;
    expect(statuses(server.results)).toEqual(["accepted", "accepted", "accepted"]);
  });

  it("that are all known leave nothing in the journal", () => {
    const state = fresh();
    const sent = withSpans([complete("01")]);
    expect(appendSpans(state, ...sent, TERMS, NOW).entries.map(({ k }) => k)).toEqual([
      "settings",
      "spans",
    ]);
    expect(appendSpans(state, ...sent, TERMS, NOW).entries).toEqual([]);
  });

  it("are forgotten with their session, and refused for a day", () => {
    const state = fresh();
    const memory = { claimPendingUntil: 0 };
    appendSpans(state, ...withSpans([complete("01"), complete("02")]), TERMS, NOW);
    expect(eraseSession(state, memory, NOW).answer).toMatchObject({ actions: 2, pending: 2 });
    expect([state.spanIds.size, state.origins.size]).toEqual([0, 0]);
    const [result] = appendSpans(state, ...withSpans([complete("03")]), TERMS, NOW).answer.results;
    expect(result).toMatchObject({ status: "refused", code: "session_deleted" });
  });

  it("are given to no consumer that could not write them", () => {
    const state = fresh();
    const memory = { claimPendingUntil: 0 };
    appendSpans(state, ...withSpans([complete("01")]), TERMS, NOW);
    const earlier = leaseRecords(state, memory, { maxBytes: 1e6 }, NOW);
    expect(earlier).toEqual({ answer: { reason: "backoff" }, entries: [] });
    // Not claimed again at once: the next one may be of the same version.
    expect(memory.claimPendingUntil).toBeGreaterThan(NOW);
    const { answer } = leaseRecords(state, memory, { maxBytes: 1e6, spans: true }, NOW);
    const settlement = { lease: answer.lease?.id ?? 0, delivered: [], dead: [] };
    const next = { maxBytes: 1e6 };
    const settled = settleLease(state, memory, { ...settlement, next }, { alone: [] }, NOW);
    expect(settled.answer.next).toBeUndefined();
  });

  it("keep what they share while a dead letter needs it", () => {
    const shell = new Shell();
    shell.appendSpans(complete("01"), complete("02", "b"));
    const lease = shell.lease() as Lease;
    const dead = [{ ordinal: -2, reason: "refused", message: "" }];
    shell.settle(lease, { delivered: [-1], dead });
    expect([...shell.state.origins.keys()]).toEqual(["b"]);
    shell.restart();
    expect([...shell.state.origins.keys()]).toEqual(["b"]);
  });

  it("survive any order of requests, deliveries and restarts, each delivered once", () => {
    const step = fc.oneof(
      fc.array(fc.nat(30), { minLength: 1, maxLength: 6 }),
      fc.constantFrom("restart", "deliver", "actions" as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const shell = new Shell();
        const sent = new Set<number>();
        for (const one of steps) {
          if (one === "restart") shell.restart();
          else if (one === "deliver") shell.deliver(2_000);
          else if (one === "actions") shell.append(span("create", "a"), span("end", "a"));
          else {
            const results = shell.appendSpans(
              ...one.map((n) => complete(String(n), n % 2 === 0 ? "a" : "b")),
            );
            expect(results.every(({ status }) => status !== "refused")).toBe(true);
            for (const n of one) sent.add(n);
          }
        }
        for (let more = 0; more < 60 && shell.state.outbox.length > 0; more += 1) shell.deliver();
        const posted = [...shell.posted.keys()].filter((name) => /^\d+$/.test(name));
        expect(posted.toSorted()).toEqual(Array.from(sent, String).toSorted());
        expect(shell.state.origins.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

function withSpans(
  items: Parameters<typeof spansRequest>[0],
  writer?: Parameters<typeof spansRequest>[1],
) {
  const request = spansRequest(items, writer);
  return [request, request.spans] as const;
}
