// Which single action is let in, and how long the others are asked to wait.
import { describe, expect, it } from "vitest";
import type { Change, ScoreChange } from "../../../../src/protocol/change.ts";
import { MAX_OPEN_OBSERVATIONS, MAX_OPEN_TRACES } from "../../../../src/protocol/limits.ts";
import { applyEntry } from "../../../../src/session/journal/entries.ts";
import { bytesOf, QuotaGate } from "../../../../src/session/quota/quota-gate.ts";
import type { SessionState } from "../../../../src/session/state.ts";
import { MINUTE_MS } from "../../../../src/session/quota/usage-window.ts";
import { NOW } from "../arbitrary.ts";
import { span, Story, trace, TRACE_ID } from "../story.ts";
import { SETTINGS } from "../support.ts";

const score = (id: string, body = "{}"): ScoreChange => ({
  kind: "score",
  trace: TRACE_ID,
  id,
  body,
});

describe("an action's bytes", () => {
  it.each<[string, Change | ScoreChange, number]>([
    ["no text", span("create", "s"), 0],
    ["fields", span("create", "s", { fields: { name: "name", input: "ü" } }), 6],
    ["times, which are no texts", span("create", "s", { fields: { endTime: NOW } }), 0],
    ["metadata", span("create", "s", { metadata: [["key", "value"]] }), 8],
    ["tags", trace("create", { tags: ["one", "four"] }), 7],
    ["a score's body", score("liked", '{"value":1}'), 11],
  ])("are 200 and those of %s", (_of, change, more) => {
    expect(bytesOf({ change })).toBe(200 + more);
  });
});

/** The refusal and its seconds; undefined for a change that is let in. */
function refusedBy(
  gate: QuotaGate,
  change: Change | ScoreChange,
): [string, number | undefined] | undefined {
  const refusal = gate.refuse({ change });
  if (refusal?.status !== "refused") return undefined;
  return [refusal.message, refusal.retryAfter];
}

describe("a session that holds as much as may be open", () => {
  /** A trace with one open observation, one score and a late action; so many observations beside. */
  function full(assembling = MAX_OPEN_OBSERVATIONS, settings = SETTINGS): SessionState {
    const story = new Story(settings);
    story.at(0, trace("create"));
    story.at(0, span("create", "done", { type: "event" }));
    story.sealedBy(70);
    story.at(70, span("create", "open"));
    story.at(70, span("update", "done"));
    const { state } = story;
    const actions = [{ id: "a score", at: NOW, change: score("known") }];
    applyEntry(state, { k: "append", t: state.t, arrival: { writer: "server", actions } });
    state.assembling = assembling;
    return state;
  }

  it("lets what is open go on and end, and nothing begin", () => {
    const gate = new QuotaGate(full(), undefined);
    for (const change of [span("end", "open"), span("update", "done"), score("known")]) {
      expect(refusedBy(gate, change)).toBeUndefined();
    }
    for (const change of [span("create", "new"), score("new")]) {
      const message = `the session has ${MAX_OPEN_OBSERVATIONS} observations open; end some`;
      expect(refusedBy(gate, change)?.[0]).toBe(message);
    }
    expect(refusedBy(new QuotaGate(full(MAX_OPEN_OBSERVATIONS - 1), undefined), score("new"))).toBe(
      undefined,
    );
  });

  it("tells when something is due, at most a minute from now", () => {
    const waitAt = (state: SessionState, seconds: number): number | undefined => {
      state.t = NOW + seconds * 1000;
      return refusedBy(new QuotaGate(state, undefined), span("create", "new"))?.[1];
    };
    // A late action goes out a minute after it came.
    expect([75, 129, 200].map((seconds) => waitAt(full(), seconds))).toEqual([55, 1, 1]);
    const slow = full(MAX_OPEN_OBSERVATIONS, { ...SETTINGS, flushIntervalMs: 600_000 });
    expect(waitAt(slow, 75)).toBe(60);
  });

  it("lets no trace begin beside too many, however little each holds", () => {
    const state = full(1);
    const [one] = state.openTraces.values();
    if (one === undefined) throw new Error("a trace is open");
    for (let n = 1; n < MAX_OPEN_TRACES; n += 1) state.openTraces.set(`other-${n}`, one);
    const other = { ...span("create", "s"), trace: "another" };
    const [message] = refusedBy(new QuotaGate(state, undefined), other) ?? [];
    expect(message).toBe(`the session has ${MAX_OPEN_TRACES} traces open; end some`);
    expect(refusedBy(new QuotaGate(state, undefined), span("create", "new"))).toBeUndefined();
    state.openTraces.delete("other-1");
    expect(refusedBy(new QuotaGate(state, undefined), other)).toBeUndefined();
  });
});

describe("a session that has used its minute", () => {
  const START = 29_000_000 * MINUTE_MS;
  const ONE = span("create", "s");

  /** Actions of 200 bytes in the minute before and in this one; the answer `into` this one, ms. */
  function wait(before: number, current: number, limit: number, into: number): number | undefined {
    const { state } = new Story();
    const bytes = (actions: number) => ({ actions, bytes: actions * 200 });
    state.usage = { minute: 29_000_000, ...bytes(current), before: bytes(before) };
    state.t = START + into;
    const waits = [
      { actionsPerMinute: limit, bytesPerMinute: 1e12 },
      { actionsPerMinute: 1e9, bytesPerMinute: limit * 200 },
    ].map((quota) => refusedBy(new QuotaGate(state, quota), ONE)?.[1]);
    expect(waits[1]).toBe(waits[0]);
    return waits[0];
  }

  it.each([
    // Nothing before: what this minute took runs off during the next.
    [0, 9, 10, 0, undefined],
    [0, 10, 10, 0, 66],
    [0, 10, 10, 30_000, 36],
    [0, 20, 10, 30_000, 63],
    // The use of the minute before runs off during this one.
    [10, 0, 10, 0, 6],
    [10, 0, 10, 3_000, 3],
    [10, 0, 10, 5_999, 1],
    [10, 0, 10, 6_000, undefined],
    [10, 5, 10, 30_000, 6],
    [10, 9, 10, 0, 60],
    // More than a minute's figure: only when nothing is in its way.
    [0, 0, 0, 0, undefined],
    [5, 0, 0, 30_000, 30],
  ])("of %i before and %i now, of %i a minute, %i ms into it, waits %s", (...of) => {
    const [before, current, limit, into, seconds] = of;
    expect(wait(before, current, limit, into)).toBe(seconds);
  });

  it("counts what the request took so far, and shuts behind what it refuses", () => {
    const { state } = new Story();
    state.t = START;
    const gate = new QuotaGate(state, { actionsPerMinute: 2, bytesPerMinute: 650 });
    expect(refusedBy(gate, ONE)).toBeUndefined();
    const large = span("create", "s", { fields: { name: "x".repeat(251) } });
    const refusal = refusedBy(gate, large);
    expect(refusal?.[0]).toBe("more than 2 actions or 650 bytes a minute in this session");
    expect(gate.bytes).toBe(200);
    expect(refusedBy(gate, ONE)).toEqual(refusal);
    const other = new QuotaGate(state, { actionsPerMinute: 2, bytesPerMinute: 650 });
    expect([ONE, ONE, ONE].map((one) => refusedBy(other, one)?.[1])).toEqual([
      undefined,
      undefined,
      90,
    ]);
    expect(other.bytes).toBe(400);
  });
});
