// SAMPLING, case by case: what is kept, what waits for what, and what becomes of the rest.
import { describe, expect, test } from "vitest";
import { isInShare, type Sampling } from "../../../../src/protocol/sampling/rule.ts";
import type { ScoreChange } from "../../../../src/protocol/change.ts";
import { MAX_UNDECIDED, MAX_UNDECIDED_SIZE } from "../../../../src/session/bounds.ts";
import { leaseRecords, settleLease } from "../../../../src/session/outbox/lease-records.ts";
import { NOW } from "../arbitrary.ts";
import { span, Story, trace, TRACE_ID } from "../story.ts";
import { SETTINGS } from "../support.ts";

/** The story's trace is left out by a share of the one, and kept by one of the other. */
const [OUT, IN] = [0.2, 0.9];
const story = (sampling: Partial<Sampling>): Story =>
  new Story({ ...SETTINGS, sampling: { rules: [], share: OUT, ...sampling } });
const score: ScoreChange = {
  kind: "score",
  trace: TRACE_ID,
  id: "score-1",
  body: JSON.stringify({ id: "score-1", traceId: TRACE_ID, name: "liked", value: 1 }),
};
/** Whether each of the sealed records goes to Langfuse. */
const kept = ({ state }: Story): boolean[] =>
  state.outbox.map(({ sampledOut }) => sampledOut !== true);

function turn(one: Story, more: () => void = () => {}): Story {
  one.at(
    0,
    trace("create", {
      fields: { input: "a question" },
      traceFields: { name: "Bot", userId: "ada" },
    }),
  );
  one.at(1, span("create", "call", { fields: { name: "call", input: "a question" } }));
  more();
  one.at(2, span("end", "call", { fields: { output: "an answer" } }));
  one.at(3, trace("end", { fields: { output: "an answer" } }));
  return one;
}

test("the story's trace is where the cases need it", () => {
  expect([isInShare(TRACE_ID, OUT), isInShare(TRACE_ID, IN)]).toEqual([false, true]);
});

describe("what is kept", () => {
  test.each<[string, Partial<Sampling>, boolean, (() => (one: Story) => void)?]>([
    ["nothing of it matches", { rules: [{ failed: true }] }, false],
    ["it is in the share", { share: IN }, true],
    ["its assistant", { rules: [{ assistants: ["Bot"] }] }, true],
    ["another assistant", { rules: [{ assistants: ["bot"] }] }, false],
    ["its user", { rules: [{ users: ["ada"] }] }, true],
    ["slow", { rules: [{ slowerThanMs: 2_999 }] }, true],
    ["not slow enough", { rules: [{ slowerThanMs: 3_000 }] }, false],
    [
      "failed",
      { rules: [{ failed: true }] },
      true,
      () => (one) => one.at(1, span("update", "call", { fields: { level: "ERROR" } })),
    ],
    [
      "failed, and then it had not",
      { rules: [{ failed: true }] },
      false,
      () => (one) => {
        one.at(1, span("update", "call", { fields: { level: "ERROR" } }));
        one.at(1, span("update", "call", { fields: { level: "DEFAULT" } }));
      },
    ],
    [
      "a tool",
      { rules: [{ tools: ["search"] }] },
      true,
      () => (one) =>
        one.at(
          1,
          span("create", "t", { type: "tool", fields: { name: "search", endTime: NOW + 1_500 } }),
        ),
    ],
    [
      "a variant",
      { rules: [{ variants: ["tone:kind"] }] },
      true,
      () => (one) => one.at(1, trace("update", { metadata: [["experiment_tone", "kind"]] })),
    ],
  ])("%s", (_name, sampling, isKept, more) => {
    const one = story(sampling);
    turn(one, () => more?.()(one));
    one.sealedBy(4);
    expect(kept(one).length).toBeGreaterThan(1);
    expect(new Set(kept(one))).toEqual(new Set([isKept]));
  });

  test("a kept trace says how many it stands for, unless all like it are kept", () => {
    const [some, all] = [turn(story({ share: IN })), turn(story({ rules: [{ users: ["ada"] }] }))];
    some.sealedBy(4);
    all.sealedBy(4);
    const weights = (one: Story) => one.records().map((record) => record.trace.metadata);
    expect(weights(some)).toEqual([
      [["langfuse_edge_weight", "1.11111"]],
      [["langfuse_edge_weight", "1.11111"]],
    ]);
    expect(weights(all)).toEqual([undefined, undefined]);
  });

  test("what an object has only a part of", () => {
    const one = story({});
    one.at(0, span("create", "backend"));
    one.at(1, span("end", "backend"));
    one.sealedBy(100);
    expect(kept(one)).toEqual([true]);
    // Its beginning comes when a part of it is on its way: then all of it goes.
    one.at(101, trace("create"));
    one.at(102, trace("end"));
    one.sealedBy(110);
    expect(kept(one)).toEqual([true, true]);
  });
});

describe("what waits", () => {
  test("all of an open trace, however long, until its end", () => {
    const one = story({ rules: [{ failed: true }] });
    one.at(0, trace("create"));
    one.at(1, span("create", "a"));
    one.at(2, span("end", "a"));
    one.at(3, span("create", "b"));
    expect(one.sealedBy(300)).toEqual([]);
    one.at(301, span("end", "b", { fields: { level: "ERROR" } }));
    one.at(302, trace("end"));
    expect(one.sealedBy(304)).toHaveLength(3);
    expect(kept(one)).toEqual([true, true, true]);
  });

  test("no hurry decides", () => {
    const one = story({ rules: [{ failed: true }] });
    one.at(0, trace("create"));
    one.at(1, span("create", "a"));
    const flush = (seconds: number): void => {
      one.entry({
        k: "append",
        t: NOW + seconds * 1000,
        arrival: { writer: "browser", clientId: "tab", actions: [] },
        deliver: true,
      });
    };
    one.at(2, span("end", "a"));
    flush(3);
    expect(one.records()).toEqual([]);
    one.at(4, span("create", "b", { fields: { level: "ERROR", endTime: NOW + 4_000 } }));
    one.at(5, trace("end"));
    flush(5);
    expect(kept(one)).toEqual([true, true, true]);
  });

  test("a trace of very many parts is kept: nobody knows how many more come", () => {
    const one = story({});
    one.at(0, trace("create"));
    for (let n = 0; n < MAX_UNDECIDED; n += 1) {
      one.at(1, span("create", `s${n}`, { fields: { endTime: NOW + 1_000 } }));
    }
    one.at(2, span("create", "last", { fields: { endTime: NOW + 2_000 } }));
    one.at(3, trace("end"));
    one.sealedBy(5);
    expect(kept(one)).toHaveLength(MAX_UNDECIDED + 2);
    expect(new Set(kept(one))).toEqual(new Set([true]));
    expect(one.record("trace").trace.metadata).toBeUndefined();
  });

  test("one that would be left out, for a score", () => {
    const rules = { rules: [{ scored: true as const }], scoreWaitSeconds: 300 };
    const [scored, unscored] = [turn(story(rules)), turn(story(rules))];
    expect([scored.sealedBy(250), unscored.sealedBy(250)]).toEqual([[], []]);
    scored.entry({
      k: "append",
      t: NOW + 250_000,
      arrival: { writer: "browser", actions: [{ id: "s", at: NOW + 250_000, change: score }] },
    });
    scored.sealedBy(252);
    expect(kept(scored)).toEqual([true, true, true]);
    unscored.sealedBy(302);
    expect(unscored.records()).toEqual([]);
    unscored.sealedBy(304);
    expect(kept(unscored)).toEqual([false, false]);
  });

  test("one that is kept does not", () => {
    const one = turn(
      story({ rules: [{ failed: true }, { scored: true }], share: IN, scoreWaitSeconds: 300 }),
    );
    one.sealedBy(4);
    expect(kept(one)).toEqual([true, true]);
  });

  test("one with something open, since that may fail", () => {
    const one = story({ rules: [{ failed: true }] });
    one.at(0, trace("create"));
    one.at(1, span("create", "late"));
    one.at(2, trace("end"));
    expect(one.sealedBy(60)).toEqual([]);
    one.at(61, span("end", "late", { fields: { level: "ERROR" } }));
    one.sealedBy(64);
    expect(kept(one)).toEqual([true, true]);
  });
});

describe("what is left out", () => {
  test("goes without what was said, and so does what comes late", () => {
    const one = turn(story({}));
    one.sealedBy(4);
    one.at(5, span("update", "call", { fields: { output: "another answer" } }));
    one.entry({
      k: "append",
      t: NOW + 6_000,
      arrival: { writer: "browser", actions: [{ id: "s", at: NOW + 6_000, change: score }] },
    });
    one.sealedBy(200);
    expect(kept(one)).toEqual([false, false, false, false]);
    expect(JSON.stringify(one.state.outbox)).not.toMatch(/question|answer/);
    expect(one.state.outbox.map(({ size }) => size > 0)).toEqual([true, true, true, true]);
  });

  test("counts as dropped once a consumer has had it, and delays nothing", () => {
    const one = turn(story({}));
    one.sealedBy(4);
    const { state } = one;
    const memory = { claimPendingUntil: 0 };
    const now = NOW + 10_000;
    const older = leaseRecords(state, { ...memory }, { maxBytes: 1e6, spans: true }, now);
    expect(older.answer).toEqual({ reason: "backoff" });
    const ask = { maxBytes: 1e6, spans: true, sampledOut: true } as const;
    const { lease } = leaseRecords(state, memory, ask, now).answer;
    expect(lease?.records.every(({ sampledOut }) => sampledOut)).toBe(true);
    const delivered = lease?.records.map(({ ordinal }) => ordinal) ?? [];
    settleLease(state, memory, { lease: lease?.id ?? 0, delivered, dead: [] }, { alone: [] }, now);
    const { accepted, dropped } = state.counts;
    expect([state.counts.delivered, [...dropped]]).toEqual([0, [["sampled", accepted]]]);
    expect(leaseRecords(state, memory, ask, now).answer.lease?.taken).toBeUndefined();
  });
});

test.each([
  ["a score", { rules: [{ scored: true as const }], scoreWaitSeconds: 300 }, false],
  ["what is open in it", { rules: [{ failed: true as const }] }, true],
])(
  "a trace that waits for %s, and grows beyond what may wait, is decided at once",
  (_what, its, isOpen) => {
    const one = story(its);
    turn(one, () => {
      if (isOpen) one.at(1, span("create", "open"));
    });
    one.sealedBy(10);
    expect(kept(one)).toEqual([]);
    // A backend's span may come long after the page's end.
    const output = "x".repeat(MAX_UNDECIDED_SIZE);
    one.at(20, span("create", "backend", { fields: { output } }));
    one.at(20, span("end", "backend"));
    expect(kept(one)).toEqual([false, false, false]);
  },
);
