// Rules for what clients of Langfuse's older API write: what becomes the root, what waits, what goes beside.
import { describe, expect, it } from "vitest";
import type { Change } from "../../../../src/protocol/change.ts";
import { traceRecordId } from "../../../../src/protocol/ids.ts";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { applyEntry } from "../../../../src/session/journal/entries.ts";
import { rebuild, snapshotLine } from "../../../../src/session/journal/rebuild.ts";
import { MEMORY_MS } from "../../../../src/session/bounds.ts";
import { laneRulesOf } from "../../../../src/session/assembly/rules.ts";
import { NOW } from "../arbitrary.ts";
import { recount } from "../recount.ts";
import { idOf, ROOT_ID, span, Story, trace, TRACE_ID } from "../story.ts";
import { SETTINGS } from "../support.ts";

const RECORD = traceRecordId(TRACE_ID);
type Extra = Parameters<typeof span>[2];

const legacy = (change: Change): Change => ({ ...change, legacy: true });
const record = (extra: Extra = {}): Change =>
  legacy({ ...trace("create", { fields: { startTime: NOW }, ...extra }), target: RECORD });
const write = (op: "create" | "update", raw: string, extra: Extra = {}): Change =>
  legacy(
    span(
      op,
      raw,
      op === "create" ? { ...extra, fields: { startTime: NOW, ...extra.fields } } : extra,
    ),
  );
const done = { fields: { endTime: NOW + 100 } };

/** Of a legacy client: no numbers, the moment from its events. */
class Legacy extends Story {
  #n = 0;
  legacy(seconds: number, change: Change, at = NOW + seconds * 1000): void {
    const id = `event-${(this.#n += 1)}`;
    this.entry({
      k: "append",
      t: NOW + seconds * 1000,
      arrival: { writer: "server", actions: [{ id, at, change }] },
    });
    recount(this.state);
  }
  tree(): unknown[] {
    return this.records().map(({ name, id, parentId, root }) => [
      name,
      id,
      parentId ?? null,
      root === true,
    ]);
  }
}

describe("a trace record", () => {
  it("becomes the root when the trace was idle, its observations after their grace", () => {
    const story = new Legacy();
    story.legacy(
      0,
      record({ fields: { startTime: NOW, name: "answer" }, traceFields: { name: "answer" } }),
    );
    story.legacy(
      0,
      write("create", "a", { fields: { startTime: NOW, name: "work", endTime: NOW + 9 } }),
    );
    expect(story.sealedBy(59)).toEqual([]);
    expect(story.sealedBy(60)).toEqual(["answer", "work"]);
    expect(story.tree()).toEqual([
      ["answer", ROOT_ID, null, true],
      ["work", idOf("a"), ROOT_ID, false],
    ]);
    expect(story.record("answer").endTime).toBe(NOW + 9);
    expect(story.record("answer").metadata.map(([key]) => key)).toEqual(["langfuse_edge_trace_id"]);
  });

  it("alone is the whole trace, and need not be ended", () => {
    const story = new Legacy();
    story.legacy(0, record({ fields: { startTime: NOW, output: "so" } }));
    expect(story.sealedBy(60)).toEqual(["trace"]);
    expect(story.record("trace").fields).toEqual({ output: "so" });
  });

  it("hangs below the root of a page that began the trace, and its observations below it", () => {
    const story = new Legacy();
    const joined = { joined: true as const };
    story.legacy(0, record({ ...joined, fields: { startTime: NOW, name: "backend" } }));
    story.legacy(
      0,
      write("create", "a", { ...joined, fields: { startTime: NOW, name: "work", endTime: NOW } }),
    );
    story.sealedBy(60);
    expect(story.tree()).toEqual([
      ["backend", RECORD, ROOT_ID, false],
      ["work", idOf("a"), RECORD, false],
    ]);
    expect(story.record("work").trace.name).toBeUndefined();
  });

  it("of a trace that a page may have begun is a root, and takes no other's place", () => {
    const story = new Legacy();
    const apart = { apart: true as const };
    story.legacy(0, record({ ...apart, fields: { startTime: NOW, name: "server" } }));
    story.legacy(0, write("create", "a", { ...apart, fields: { startTime: NOW, endTime: NOW } }));
    story.sealedBy(60);
    expect(story.tree()).toEqual([
      ["server", RECORD, null, true],
      ["span", idOf("a"), RECORD, false],
    ]);
  });

  it.each([
    ["before", [0, 1]],
    ["after", [1, 0]],
  ])("that comes %s an action's trace is no second root, and renames nothing", (_, [own, its]) => {
    const story = new Legacy();
    const steps: (() => void)[] = [
      () => story.at(1, trace("create", { traceFields: { name: "page" } })),
      () =>
        story.legacy(
          1,
          record({ fields: { startTime: NOW, name: "server" }, traceFields: { name: "server" } }),
        ),
    ];
    steps[own ?? 0]?.();
    steps[its ?? 0]?.();
    story.sealedBy(61);
    expect(story.tree()).toEqual([
      ["page", ROOT_ID, null, true],
      ["server", RECORD, ROOT_ID, false],
    ]);
    expect(story.record("server").trace.name).toBe("page");
  });

  it("that was sealed as the root leaves an action's trace to come late", () => {
    const story = new Legacy();
    story.legacy(
      0,
      record({ fields: { startTime: NOW, name: "server" }, traceFields: { name: "server" } }),
    );
    story.sealedBy(60);
    story.at(61, trace("create", { traceFields: { name: "page" } }));
    story.legacy(62, record({ fields: { startTime: NOW, output: "late" } }));
    story.sealedBy(300);
    expect(story.records().filter(({ root }) => root === true)).toHaveLength(1);
    const late = story.records().filter(({ name }) => name === "late-update");
    expect(late.map(({ parentId }) => parentId)).toEqual([ROOT_ID, ROOT_ID]);
    expect(new Set(story.records().map(({ id }) => id)).size).toBe(3);
  });

  it("of tags alone makes no observation of it, and they reach the trace's", () => {
    const story = new Legacy();
    story.legacy(0, legacy({ ...trace("update", { tags: ["t"], apart: true }), target: RECORD }));
    story.legacy(0, write("create", "a", done));
    story.sealedBy(60);
    const wide = story
      .records()
      .map(({ name, parentId, trace: { tags } }) => [name, parentId, tags]);
    expect(wide).toEqual([
      ["span", ROOT_ID, ["t"]],
      ["late-update", ROOT_ID, ["t"]],
    ]);
  });
});

describe("an observation", () => {
  it("waits for a trailing update after its end, whatever else is due", () => {
    const story = new Legacy();
    story.legacy(0, record());
    story.legacy(0, write("create", "a", done));
    story.legacy(50, write("create", "b", done));
    story.legacy(55, write("update", "b", { fields: { output: "trailing" } }));
    expect(story.sealedBy(60)).toEqual(["span"]);
    expect(story.records()[0]?.id).toBe(idOf("a"));
    story.legacy(61, write("update", "b", { fields: { model: "m" } }));
    expect(story.sealedBy(114)).toHaveLength(1);
    expect(story.sealedBy(121)).toHaveLength(3);
    expect(story.records().find(({ id }) => id === idOf("b"))?.fields).toEqual({
      output: "trailing",
      model: "m",
    });
  });

  it("is not kept back by another's trailing update", () => {
    const story = new Legacy();
    story.legacy(0, record());
    story.legacy(0, write("create", "a", done));
    story.legacy(1, write("create", "b", done));
    story.legacy(58, write("update", "a", { fields: { output: "trailing" } }));
    story.sealedBy(60);
    expect(story.records().map(({ id }) => id)).toEqual([idOf("b")]);
  });

  it("that said something and never ended keeps nothing back, and is no warning", () => {
    const story = new Legacy();
    story.legacy(0, record());
    story.legacy(0, write("create", "a", { fields: { startTime: NOW + 5, output: "so" } }));
    story.sealedBy(60);
    const sealed = story.records().find(({ id }) => id === idOf("a"));
    expect(sealed).toMatchObject({
      startTime: NOW + 5,
      endTime: NOW + 5,
      fields: { output: "so" },
    });
    expect(sealed?.fields.level).toBeUndefined();
    expect(sealed?.metadata).toContainEqual(["langfuse_edge_notes", '["not ended by the client"]']);
  });

  it("that is open and silent keeps its trace open", () => {
    const story = new Legacy();
    story.legacy(0, record());
    story.legacy(0, write("create", "a"));
    expect(story.sealedBy(1799)).toEqual([]);
    expect(story.sealedBy(1800)).toHaveLength(2);
  });

  it("that comes after its trace was sealed is its own record, and an update of a sealed one goes beside", () => {
    const story = new Legacy();
    story.legacy(0, record({ traceFields: { name: "answer", sessionId: "s" } }));
    story.legacy(0, write("create", "a", done));
    story.sealedBy(60);
    story.legacy(
      600,
      write("create", "b", { fields: { startTime: NOW, endTime: NOW + 1, name: "part" } }),
    );
    story.legacy(601, write("update", "a", { fields: { output: "late" } }));
    story.sealedBy(1_000);
    expect(story.record("part")).toMatchObject({
      parentId: ROOT_ID,
      trace: { name: "answer", sessionId: "s" },
    });
    expect(story.record("late-update")).toMatchObject({
      parentId: idOf("a"),
      fields: { output: "late" },
    });
  });

  it("keeps its first start and environment, the last of the rest, and objects in metadata together", () => {
    const story = new Legacy();
    story.legacy(
      0,
      write("update", "a", {
        fields: { startTime: NOW + 7, output: "1" },
        metadata: [
          ["m", '{"a":{"x":1}}'],
          ["t", "1"],
        ],
      }),
      NOW + 1,
    );
    story.legacy(
      1,
      write("create", "a", {
        fields: { startTime: NOW + 3, name: "one" },
        traceFields: { environment: "first" },
        metadata: [
          ["m", '{"a":{"y":2},"b":3}'],
          ["t", "2"],
        ],
      }),
      NOW + 2,
    );
    story.legacy(
      2,
      write("update", "a", {
        fields: { startTime: NOW + 9, output: "0", endTime: NOW + 20, name: "two" },
        weak: ["output"],
        traceFields: { environment: "second" },
        metadata: [["m", '{"a":{"x":4,"y":null}}']],
      }),
      NOW + 3,
    );
    story.sealedBy(3600);
    expect(story.records()[0]).toMatchObject({
      name: "two",
      startTime: NOW + 3,
      endTime: NOW + 20,
      fields: { output: "1" },
      trace: { environment: "first" },
    });
    expect(new Map(story.records()[0]?.metadata)).toEqual(
      new Map([
        ["m", '{"a":{"y":2,"x":4},"b":3}'],
        ["t", "1"],
        ["langfuse_edge_trace_id", "ui2-1671234567890-abc123"],
        ["langfuse_edge_observation_id", "a"],
      ]),
    );
  });
});

describe("a session that cannot tell a repeat any more", () => {
  it("takes what is old, and never writes it under an id that it may have sealed", () => {
    const story = new Legacy();
    story.state.forgottenBefore = NOW - 1000;
    story.state.t = NOW;
    story.legacy(1, write("create", "a", done), NOW - MEMORY_MS);
    // A clock that is hours behind is no repeat's.
    story.legacy(1, write("create", "b", done), NOW - MEMORY_MS / 2);
    story.sealedBy(200);
    expect(story.records().map(({ id, name }) => [id === idOf("b"), name])).toEqual([
      [true, "span"],
      [false, "late-update"],
    ]);
  });
});

describe("a lane", () => {
  it("seals in steps, remembers more, and lasts for days", () => {
    const rules = laneRulesOf(SETTINGS);
    expect(rules.lane?.sealEveryMs).toBe(10_000);
    const story = new Legacy(rules);
    for (const n of [0, 1, 2, 3]) {
      const its = `${n}`.repeat(32);
      story.legacy(n, { ...record(), trace: its, target: traceRecordId(its) });
    }
    expect(story.sealedBy(69)).toHaveLength(1);
    expect(story.sealedBy(70)).toHaveLength(4);
  });
});

it("a snapshot holds all of it", () => {
  const story = new Legacy();
  story.legacy(0, record({ joined: true }));
  story.legacy(1, write("create", "b", done));
  story.legacy(2, write("create", "a", done));
  story.legacy(3, write("update", "b", { fields: { output: "x" } }));
  story.legacy(3, write("create", "c", { fields: { startTime: NOW, output: "resting" } }));
  const state = rebuild([snapshotLine(story.state)], SETTINGS);
  expect(state).toEqual(story.state);
  expect([...(state.openTraces.get(TRACE_ID)?.ready ?? [])]).toEqual([idOf("a"), idOf("b")]);
  expect(state.observationNames.traceOf("c")).toBe(TRACE_ID);
  for (const one of [state, story.state]) advance(one, NOW + 3_600_000);
  expect(state.outbox).toEqual(story.state.outbox);
  expect(state.observationNames.traceOf("c")).toBeUndefined();
  expect(
    applyEntry(state, { k: "append", t: NOW, arrival: { writer: "server", actions: [] } }),
  ).toEqual([]);
});
