import { describe, expect, it } from "vitest";
import {
  EMPTY_MEMORY,
  MAX_TURNS,
  partsOf,
  remember,
} from "../../../../src/dashboard/live/turn-memory.ts";
import type { LiveMessage, LiveTurn } from "../../../../src/protocol/live.ts";

const turn = (traceId: string, more: Partial<LiveTurn> = {}): LiveTurn => ({
  traceId,
  state: "open",
  startTime: 1000,
  observations: [],
  ...more,
});
const hello = (turns: LiveTurn[], n = 1): LiveMessage => ({
  type: "hello",
  n,
  v: 1,
  now: 5000,
  project: "pk-lf-1",
  content: false,
  until: 9000,
  turns,
});
const changes = (...turns: LiveTurn[]): LiveMessage => ({ type: "turns", n: 2, now: 5000, turns });
const span = (id: string, more: object = {}) => ({
  id,
  type: "span" as const,
  name: id,
  startTime: 1000,
  ...more,
});

describe("what a watcher remembers", () => {
  it("grows by what changed, and knows the edge's clock", () => {
    const first = remember(
      EMPTY_MEMORY,
      hello([turn("a", { name: "Ada", observations: [span("x")] })]),
      4000,
    );
    expect([first.project, first.aheadMs]).toEqual(["pk-lf-1", 1000]);
    const next = remember(
      first,
      changes(turn("a", { observations: [span("x", { endTime: 1200 }), span("y")] }), turn("b")),
      4000,
    );
    expect([...next.turns.keys()]).toEqual(["a", "b"]);
    expect(next.turns.get("a")).toMatchObject({
      name: "Ada",
      observations: [{ id: "x", endTime: 1200 }, { id: "y" }],
    });
    // The one before is as it was.
    expect(first.turns.get("a")?.observations).toHaveLength(1);
  });

  it("is not changed by what is told twice", () => {
    const message = changes(turn("a", { observations: [span("x")] }));
    const once = remember(EMPTY_MEMORY, message, 0);
    expect(remember(once, message, 0).turns).toEqual(once.turns);
  });

  it("lets go of what went on before another connection, and keeps what had ended", () => {
    const before = remember(
      EMPTY_MEMORY,
      hello([turn("open"), turn("over", { state: "ended" })]),
      0,
    );
    expect([...remember(before, hello([turn("new")]), 0).turns.keys()]).toEqual(["over", "new"]);
    // A second part of the same hello takes nothing away.
    expect(remember(before, hello([turn("new")], 2), 0).turns.size).toBe(3);
  });

  it("is bounded, and the oldest that ended go first", () => {
    const many = Array.from({ length: MAX_TURNS + 50 }, (_, i) =>
      turn(`t${i}`, { startTime: i, state: i < 10 ? "open" : "ended" }),
    );
    const { turns } = remember(EMPTY_MEMORY, changes(...many), 0);
    expect(turns.size).toBe(MAX_TURNS);
    expect([turns.has("t0"), turns.has("t10"), turns.has(`t${MAX_TURNS + 49}`)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("counts what it was not told", () => {
    const skipped: LiveMessage = { type: "skipped", n: 3, now: 0, changes: 7 };
    expect(remember(remember(EMPTY_MEMORY, skipped, 0), skipped, 0).skipped).toBe(14);
  });
});

describe("a turn's parts", () => {
  it("hang below the root, told or not", () => {
    const told = partsOf(
      turn("a", { name: "Ada", observations: [span("x"), span("y", { parentId: "x" })] }),
    );
    expect(told.map(({ id, parentId, name }) => [id, parentId, name])).toEqual([
      ["a/root", undefined, "Ada"],
      ["x", "a/root", "x"],
      ["y", "x", "y"],
    ]);
    const withRoot = partsOf(turn("a", { observations: [span("r", { root: true }), span("x")] }));
    expect(withRoot.map(({ id, parentId }) => [id, parentId])).toEqual([
      ["r", undefined],
      ["x", "r"],
    ]);
  });
});
