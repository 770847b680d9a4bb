import type { BriefObservation, SeenTrace } from "../../../../../src/dev/sink/view/answers.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTrace } from "../../../../../src/dev/sink/view/trace.ts";
import { barOf } from "../../../../../src/dev/sink/view/overview.ts";

const T = 1_795_000_000_000;

function seen(
  id: string,
  parentId?: string,
  more: Partial<BriefObservation> = {},
): BriefObservation {
  const startTime = more.startTime ?? T;
  const endTime = more.endTime ?? startTime + 10;
  return {
    traceId: "t",
    id,
    root: parentId === undefined,
    type: "span",
    name: id,
    level: "DEFAULT",
    latencyMs: endTime - startTime,
    environment: "default",
    tags: [],
    scope: "langfuse-sdk",
    ...more,
    startTime,
    endTime,
    ...(parentId !== undefined && { parentId }),
  };
}

const traceOf = (...observations: BriefObservation[]): SeenTrace<BriefObservation> => {
  const stored = observations.map((observation) => ({ observation, times: 1 }));
  const trace = readTrace("t", stored, []);
  if (!trace) throw new Error("no trace");
  return trace;
};

const drawn = (trace: SeenTrace<BriefObservation>): string[] =>
  trace.nodes.map(
    ({ observation, depth, orphan, copies }) =>
      `${"  ".repeat(depth)}${observation.name}${orphan ? " orphan" : ""}${copies > 1 ? ` x${copies}` : ""}`,
  );

describe("readTrace", () => {
  it("draws children under their parents, siblings by time, whatever the order of arrival", () => {
    const trace = traceOf(
      seen("grandchild", "late"),
      seen("late", "root", { startTime: T + 2 }),
      seen("early", "root", { startTime: T + 1 }),
      seen("root"),
    );
    expect(drawn(trace)).toEqual(["root", "  early", "  late", "    grandchild"]);
    expect(trace.roots).toEqual(["root"]);
  });

  it("marks who names a parent that is not there, unless it is a root", () => {
    const trace = traceOf(
      seen("root"),
      seen("lost", "nobody", { startTime: T + 1 }),
      seen("joined", "foreign", { root: true, startTime: T + 2 }),
    );
    expect(drawn(trace)).toEqual(["root", "lost orphan", "joined"]);
    expect(trace.roots).toEqual(["root", "joined"]);
  });

  it("breaks circles of parents", () => {
    expect(drawn(traceOf(seen("a", "b"), seen("b", "a"), seen("c", "c")))).toEqual([
      "c orphan",
      "a orphan",
      "  b",
    ]);
  });

  it("lets the last copy win whole; with another start both stay", () => {
    const trace = traceOf(
      seen("root"),
      seen("child", "root", { name: "first" }),
      seen("child", "root", { name: "second" }),
      seen("child", "root", { name: "moved", startTime: T + 5 }),
    );
    expect(drawn(trace)).toEqual(["root", "  second x2", "  moved"]);
  });

  it("tells latency, first token and what the trace is called", () => {
    const trace = traceOf(
      seen("root", undefined, { endTime: T + 900, traceName: "Assistant", sessionId: "chat" }),
      seen("g1", "root", { startTime: T + 10, completionStartTime: T + 400, tags: ["a"] }),
      seen("g2", "root", { startTime: T + 20, completionStartTime: T + 300, tags: ["b", "a"] }),
    );
    expect(trace).toMatchObject({
      name: "Assistant",
      sessionId: "chat",
      latencyMs: 900,
      timeToFirstTokenMs: 300,
      tags: ["a", "b"],
    });
  });

  it("is called after its root where nobody names it", () => {
    expect(traceOf(seen("child", "root", { startTime: T - 1 }), seen("root")).name).toBe("root");
  });

  it("is nothing without observations and scores", () => {
    expect(readTrace("t", [], [])).toBeUndefined();
  });

  it("draws every observation exactly once, for any parents", () => {
    const id = fc.integer({ min: 0, max: 12 }).map(String);
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.option(id, { nil: undefined }), fc.nat(3))), (given) => {
        const all = given.map(([own, parent, at]) => seen(own, parent, { startTime: T + at }));
        if (all.length === 0) return;
        const trace = traceOf(...all);
        const keys = (list: readonly BriefObservation[]) =>
          [...new Set(list.map((one) => `${one.id} ${one.startTime}`))].sort();
        expect(keys(trace.nodes.map((node) => node.observation))).toEqual(keys(all));
        expect(trace.nodes).toHaveLength(keys(all).length);
        expect(trace.nodes.reduce((sum, node) => sum + node.copies, 0)).toBe(all.length);
        for (const [index, node] of trace.nodes.entries()) {
          const above = trace.nodes[index - 1]?.depth ?? -1;
          expect(node.depth).toBeLessThanOrEqual(above + 1);
        }
      }),
    );
  });

  it("bears a chain of ten thousand", () => {
    const chain = Array.from({ length: 10_000 }, (_unused, index) =>
      seen(String(index), index === 0 ? undefined : String(index - 1), { startTime: T + index }),
    );
    expect(traceOf(...chain).nodes.at(-1)?.depth).toBe(9_999);
  });
});

describe("barOf", () => {
  const trace = { startTime: T, endTime: T + 200 };

  it("places a bar and its first token", () => {
    const bar = barOf({ startTime: T + 50, endTime: T + 150, completionStartTime: T + 100 }, trace);
    expect(bar).toEqual({ left: 25, width: 50, mark: 50 });
  });

  it("stays in the frame, whatever the times", () => {
    const time = fc.double({ min: -1e15, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(time, time, time, time, time, (a, b, c, d, e) => {
        const { left, width, mark } = barOf(
          { startTime: a, endTime: b, completionStartTime: c },
          { startTime: d, endTime: e },
        );
        for (const part of [left, width, left + width, mark]) {
          expect(part).toBeGreaterThanOrEqual(0);
          expect(part).toBeLessThanOrEqual(100.001);
        }
      }),
    );
  });
});
