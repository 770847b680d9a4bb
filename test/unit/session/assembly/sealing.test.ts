import { describe, expect, it } from "vitest";
import { NOW } from "../arbitrary.ts";
import { idOf, ROOT_ID, span, Story, trace, TRACE } from "../story.ts";
import { SETTINGS } from "../support.ts";

const turn = (): Story => {
  const story = new Story();
  story.at(0, trace("create", { traceFields: { name: "Claude Assistant", sessionId: "s-1" } }));
  story.at(0, span("create", "ui", { fields: { name: "frontend-ui-processing" } }));
  story.at(1, span("end", "ui"));
  return story;
};

describe("sealing", () => {
  it("seals an ended trace as one, half a second later, with the trace's late attributes on all", () => {
    const story = turn();
    story.at(2, trace("end", { traceFields: { userId: "ada" }, tags: ["late"] }));
    expect(story.sealedBy(2.4)).toEqual([]);
    expect(story.sealedBy(2.5)).toEqual(["Claude Assistant", "frontend-ui-processing"]);
    const root = story.record("Claude Assistant");
    const ui = story.record("frontend-ui-processing");
    expect(root).toMatchObject({ id: ROOT_ID, root: true, startTime: NOW, endTime: NOW + 2000 });
    expect(root.parentId).toBeUndefined();
    expect(ui).toMatchObject({ parentId: ROOT_ID, startTime: NOW, endTime: NOW + 1000 });
    for (const record of [root, ui]) {
      expect(record.trace).toMatchObject({ userId: "ada", sessionId: "s-1", tags: ["late"] });
      expect(record.metadata).toContainEqual(["langfuse_edge_trace_id", TRACE]);
      expect(record.metadata).toContainEqual(["source", "frontend-proxy"]);
    }
    expect(story.state.openTraces.size).toBe(0);
  });

  it("keeps the client's own source", () => {
    const story = turn();
    story.at(2, trace("end", { metadata: [["source", "frontend-click"]] }));
    story.sealedBy(3);
    const sources = story.record("Claude Assistant").metadata.filter(([key]) => key === "source");
    expect(sources).toEqual([["source", "frontend-click"]]);
  });

  it("waits for a missing number, but not for ever", () => {
    const story = turn();
    story.at(2, trace("end"), { seq: 9 });
    expect(story.sealedBy(6.9)).toEqual([]);
    expect(story.sealedBy(7)).toHaveLength(2);
  });

  it("seals as soon as the missing number has come", () => {
    const story = turn();
    story.at(2, trace("end"), { seq: 5 });
    story.at(3, span("update", "ui", { fields: { output: "late but in time" } }), { seq: 4 });
    expect(story.sealedBy(3)).toHaveLength(2);
    expect(story.record("frontend-ui-processing").fields.output).toBe("late but in time");
  });

  it("makes a root of an idle trace a minute after its last sign of life", () => {
    const story = turn();
    // The complete span waits for its interval, the root for silence.
    expect(story.sealedBy(60.9)).toEqual([]);
    expect(story.sealedBy(61)).toEqual(["Claude Assistant", "frontend-ui-processing"]);
    expect(story.record("Claude Assistant").endTime).toBe(NOW + 1000);
  });

  it("does not take a trace for idle while something of it is open", () => {
    const story = turn();
    story.at(2, span("create", "call", { fields: { name: "call" } }));
    expect(story.sealedBy(1000)).toEqual(["frontend-ui-processing"]);
    expect(story.sealedBy(1801)).toEqual(["frontend-ui-processing"]);
    expect(story.sealedBy(1802)).toEqual(["frontend-ui-processing", "Claude Assistant", "call"]);
    expect(story.record("call").fields).toMatchObject({
      level: "WARNING",
      statusMessage: "not ended by the client",
    });
    expect(story.record("Claude Assistant").fields.level).toBe("WARNING");
  });

  it("seals an open trace's complete observations by count", () => {
    const story = new Story({ ...SETTINGS, flushAt: 3 });
    story.at(0, trace("create"));
    for (const raw of ["a", "b"]) {
      story.at(1, span("create", raw, { fields: { name: raw, endTime: NOW + 900 } }));
    }
    expect(story.sealedBy(2)).toEqual([]);
    story.at(3, span("create", "c", { fields: { name: "c", endTime: NOW + 2900 } }));
    expect(story.sealedBy(3)).toEqual(["a", "b", "c"]);
  });

  it("makes no root where no create_trace was seen", () => {
    const story = new Story();
    story.at(0, span("create", "lone", { fields: { name: "lone", endTime: NOW } }));
    expect(story.sealedBy(60)).toEqual(["lone"]);
    expect(story.record("lone").parentId).toBe(ROOT_ID);
    expect(story.sealedBy(4000)).toEqual(["lone"]);
  });

  it("lets late actions of one observation go out together, beside it", () => {
    const story = turn();
    story.at(2, trace("end"));
    story.at(4, span("update", "ui", { fields: { output: "too late" } }));
    story.at(5, span("update", "ui", { fields: { model: "m-1" }, metadata: [["k", "v"]] }));
    expect(story.sealedBy(8.9)).toHaveLength(2);
    expect(story.sealedBy(9)).toHaveLength(3);
    const late = story.record("late-update");
    expect(late).toMatchObject({ type: "event", parentId: idOf("ui"), actions: 2 });
    expect(late.id).not.toBe(idOf("ui"));
    expect(late.fields).toEqual({ output: "too late" });
    expect(late.metadata).toContainEqual(["k", "v"]);
    expect(late.metadata).toContainEqual(["langfuse_edge_late_model", "m-1"]);
    story.at(20, span("end", "ui"));
    story.sealedBy(30);
    const ids = story.records().map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
  });

  it("writes nothing under an id whose create never came", () => {
    const story = turn();
    story.at(2, span("end", "ghost", { fields: { output: "boo" } }));
    story.at(3, trace("end"));
    expect(story.sealedBy(3.5)).toHaveLength(2);
    expect(story.sealedBy(7)).toHaveLength(3);
    expect(story.record("late-update")).toMatchObject({ parentId: idOf("ghost") });
    // A create that comes after all is written under its id, once.
    story.at(8, span("create", "ghost", { fields: { name: "ghost", endTime: NOW + 8000 } }));
    story.sealedBy(20);
    expect(story.record("ghost").id).toBe(idOf("ghost"));
  });

  it("takes an update before its create", () => {
    const story = new Story();
    story.at(0, span("update", "gen", { fields: { output: "answer", endTime: NOW + 900 } }));
    story.at(0.1, trace("create"));
    story.at(
      0.2,
      span("create", "gen", { type: "generation", fields: { name: "gen", output: "" } }),
    );
    story.at(1, trace("end"));
    story.sealedBy(2);
    expect(story.record("gen")).toMatchObject({ type: "generation", fields: { output: "answer" } });
  });

  it("turns an end before its start into no time at all, and says so", () => {
    const story = turn();
    story.at(
      1,
      span("create", "odd", { fields: { name: "odd", startTime: NOW + 500, endTime: NOW } }),
    );
    story.at(2, trace("end"));
    story.sealedBy(3);
    const odd = story.record("odd");
    expect(odd.endTime).toBe(odd.startTime);
    expect(JSON.stringify(odd.metadata)).toContain("before startTime");
  });

  it("corrects a clock that is far off, and says so", () => {
    const story = new Story();
    const hour = 3_600_000;
    const early = { at: NOW - hour, sentAt: NOW - hour };
    story.at(0, trace("create", { fields: { startTime: NOW - hour } }), early);
    story.at(1, trace("end"), { at: NOW - hour + 1000, sentAt: NOW - hour + 1000 });
    story.sealedBy(2);
    const root = story.record("trace");
    expect(root).toMatchObject({ startTime: NOW, endTime: NOW + 1000 });
    expect(JSON.stringify(root.metadata)).toContain("client clock corrected by 3600000 ms");
  });

  it("moves no time away from the edge's clock, whatever a client says of its own", () => {
    const story = new Story();
    const decades = 30 * 365 * 24 * 3_600_000;
    const sentAt = NOW - decades;
    story.at(0, trace("create", { fields: { startTime: NOW - 500 } }), { at: sentAt, sentAt });
    story.at(1, trace("end", { fields: { endTime: NOW + 900 } }), { at: sentAt + 1000, sentAt });
    story.sealedBy(2);
    expect(story.record("trace")).toMatchObject({ startTime: NOW - 500, endTime: NOW + 900 });
  });

  it("bounds what one observation holds, its trace's metadata too, and says so", () => {
    const story = new Story();
    story.at(0, trace("create"));
    for (let n = 0; n < 8; n += 1) {
      story.at(1, trace("update", { metadata: [[`large-${n}`, "€".repeat(1_300_000)]] }));
    }
    story.at(2, trace("end"));
    story.sealedBy(3);
    const root = story.record("trace");
    expect(root.size).toBeLessThan(8 * 1024 * 1024);
    expect(JSON.stringify(root.metadata)).toContain("too large together with the rest");
  });

  it("keeps long metadata on the root only", () => {
    const story = turn();
    const config = "x".repeat(201);
    story.at(
      2,
      trace("end", {
        metadata: [
          ["config", config],
          ["plan", "pro"],
        ],
      }),
    );
    story.sealedBy(3);
    expect(story.record("Claude Assistant").metadata).toContainEqual(["config", config]);
    const ui = story.record("frontend-ui-processing");
    expect(ui.trace.metadata).toEqual([["plan", "pro"]]);
  });

  it("copies no more metadata than is bounded, and keeps all of it on the root", () => {
    const story = turn();
    const many = Array.from({ length: 100 }, (_, n): [string, string] => [
      `key-${String(n).padStart(3, "0")}`,
      "x".repeat(192),
    ]);
    story.at(2, trace("end", { metadata: [...many, ["plan", "pro"]] }));
    story.sealedBy(3);
    const root = story.record("Claude Assistant");
    expect(root.metadata).toEqual(expect.arrayContaining(many));
    const ui = story.record("frontend-ui-processing");
    // What is small fits beside them.
    expect(ui.trace.metadata).toEqual([...many.slice(0, 40), ["plan", "pro"]]);
  });

  it("copies no more tags than is bounded, and has all of them on the root", () => {
    const story = turn();
    const many = Array.from({ length: 60 }, (_, n) => `${10 + n}`.padEnd(200, "x"));
    story.at(2, trace("end", { tags: [...many, "short"] }));
    story.sealedBy(3);
    const tags = [...many, "short"].toSorted();
    expect(story.record("Claude Assistant").trace.tags).toEqual(tags);
    const ui = story.record("frontend-ui-processing");
    expect(ui.trace.tags).toEqual(many.slice(0, 40));
  });
});
