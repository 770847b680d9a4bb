// The pure parts of the live view: turns that are told piece by piece, a hub's memory, a watcher's window.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inParts } from "../../../src/live/parts.ts";
import { Pace } from "../../../src/live/pace.ts";
import { TurnMemory } from "../../../src/live/turn-memory.ts";
import { Watcher } from "../../../src/live/watcher.ts";
import { mergeTurn } from "../../../src/protocol/live/merge.ts";
import { liveName } from "../../../src/protocol/live/name.ts";
import {
  type LiveObservation,
  type LiveTurn,
  MAX_LIVE_LABELS,
  MAX_LIVE_OBSERVATIONS,
  MAX_LIVE_TURNS,
  MAX_OPEN_TURNS,
  MAX_UNACKNOWLEDGED,
} from "../../../src/protocol/live.ts";

const observation = (id: string, more: Partial<LiveObservation> = {}): LiveObservation => ({
  id,
  type: "span",
  name: id,
  startTime: 1,
  ...more,
});
const turn = (traceId: string, more: Partial<LiveTurn> = {}): LiveTurn => ({
  traceId,
  state: "open",
  startTime: 1,
  observations: [],
  ...more,
});

describe("a turn that is told piece by piece", () => {
  test("is what was told last of each piece, whatever was told together", () => {
    const piece = fc.record({
      id: fc.constantFrom("a", "b", "c"),
      endTime: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 4 }), { maxLength: 6 }), (tellings) => {
        const told = tellings.map((pieces, at) =>
          turn("t", {
            name: `name ${at}`,
            observations: pieces.map(({ id, endTime }) =>
              observation(id, endTime === undefined ? {} : { endTime }),
            ),
          }),
        );
        const one = told.reduce<LiveTurn | undefined>(mergeTurn, undefined);
        // Tellings that a hub has gathered to one come to the same.
        const gathered = told.slice(1).reduce<LiveTurn | undefined>(mergeTurn, undefined);
        const other = gathered && told[0] ? mergeTurn(told[0], gathered) : told[0];
        const byId = (list: LiveObservation[] = []) =>
          list.toSorted((a, b) => (a.id < b.id ? -1 : 1));
        expect(byId(one?.observations)).toEqual(byId(other?.observations));
        expect(one?.name).toBe(other?.name);
      }),
    );
  });

  test("a part of it changes nothing of the whole", () => {
    const whole = turn("t", { state: "ended", endTime: 9, outcome: "failed", name: "Bot" });
    const part = turn("t", {
      partial: true,
      startTime: 5,
      name: "x",
      observations: [observation("s")],
    });
    expect(mergeTurn(whole, part)).toMatchObject({ state: "ended", startTime: 1, name: "Bot" });
    expect(mergeTurn(part, whole)).toMatchObject({ state: "ended", startTime: 1, name: "Bot" });
    expect(mergeTurn(part, whole)).not.toHaveProperty("partial");
    expect(mergeTurn(part, whole).observations).toHaveLength(1);
  });

  test("an error stays one, and scores are kept by their id", () => {
    const before = turn("t", { failed: true, scores: [{ id: "1", name: "thumb", value: 0 }] });
    const after = mergeTurn(before, turn("t", { scores: [{ id: "1", name: "thumb", value: 1 }] }));
    expect(after).toMatchObject({ failed: true, scores: [{ value: 1 }] });
  });

  test("has a bounded number of scores, however many a page sends", () => {
    let told: LiveTurn | undefined;
    for (let n = 0; n < 200; n += 1) {
      const scores = Array.from({ length: 50 }, (_, at) => ({
        id: `${n}/${at}`,
        name: "s",
        value: n,
      }));
      told = mergeTurn(told, turn("t", { scores }));
    }
    expect(told?.scores).toHaveLength(MAX_LIVE_LABELS);
    // The latest say more of a turn than the first.
    expect(told?.scores?.at(-1)).toMatchObject({ id: "199/49" });
    expect(
      mergeTurn(undefined, turn("t", { scores: told?.scores?.concat(told.scores) ?? [] })).scores,
    ).toHaveLength(MAX_LIVE_LABELS);
  });

  test("has its first observations and its root, and a number of the rest", () => {
    const many = Array.from({ length: 100 }, (_, index) => observation(`o${index}`));
    const { observations, more } = mergeTurn(
      undefined,
      turn("t", { observations: [...many, observation("root", { root: true })] }),
    );
    expect(observations).toHaveLength(MAX_LIVE_OBSERVATIONS);
    expect(observations.at(-1)).toMatchObject({ root: true });
    expect(more).toBe(101 - MAX_LIVE_OBSERVATIONS);
  });
});

describe("a hub's memory", () => {
  test("has the latest turns, within its number and its size", () => {
    const memory = new TurnMemory();
    for (let n = 0; n < MAX_OPEN_TURNS + 10; n += 1) memory.take(turn(`t${n}`), n);
    memory.take(turn("t11"), 1_000);
    const kept = memory.all(1_000);
    expect(kept).toHaveLength(MAX_OPEN_TURNS);
    expect([kept[0]?.traceId, kept.at(-1)?.traceId]).toEqual(["t10", "t11"]);
    const large = "x".repeat(2_000);
    for (let n = 0; n < 200; n += 1) {
      const observations = Array.from({ length: 40 }, (_, at) =>
        observation(`${at}`, { input: large }),
      );
      memory.take(turn(`large${n}`, { observations }), 1_000);
    }
    expect(JSON.stringify(memory.all(1_000)).length).toBeLessThan(5_000_000);
  });

  test("forgets turns that ended, then those that nothing is heard of", () => {
    const memory = new TurnMemory();
    memory.take(turn("open"), 0);
    memory.take(turn("ended", { state: "ended" }), 0);
    const names = (now: number) => memory.all(now).map(({ traceId }) => traceId);
    expect(names(9 * 60_000)).toEqual(["open", "ended"]);
    expect(names(11 * 60_000)).toEqual(["open"]);
    expect(names(36 * 60_000)).toEqual([]);
  });

  test("is written without payloads, and reads what it has written", () => {
    const memory = new TurnMemory();
    const secret = { input: "said", output: "answered", statusMessage: "failed at said" };
    memory.take(turn("a", { observations: [observation("1", secret)] }), 5);
    memory.take(turn("b", { sessionId: "chat" }), 6);
    const text = memory.write();
    expect(text).not.toMatch(/said|answered/);
    const other = new TurnMemory();
    other.read(text);
    expect(other.all(7).map(({ traceId }) => traceId)).toEqual(["a", "b"]);
    other.forgetSession("chat");
    expect(other.all(7).map(({ traceId }) => traceId)).toEqual(["a"]);
  });
});

describe("a watcher", () => {
  const watcher = () =>
    new Watcher({ project: "pk", content: false, until: 9, sent: 0, acked: 0, skipped: 0 });

  test("has a bounded number of messages on their way, and room once it has read them", () => {
    const one = watcher();
    for (let n = 1; n <= MAX_UNACKNOWLEDGED; n += 1) expect(one.next()).toBe(n);
    expect(one.hasRoom).toBe(false);
    expect(one.acknowledge(8)).toBe(true);
    expect(one.hasRoom).toBe(true);
  });

  test.each([-1, 1.5, 3, Number.NaN])("did not read %s of two messages", (n) => {
    const one = watcher();
    one.next();
    one.next();
    expect(one.acknowledge(n)).toBe(false);
  });

  test("an older acknowledgement takes nothing back", () => {
    const one = watcher();
    one.next();
    one.next();
    one.acknowledge(2);
    one.acknowledge(1);
    expect(one.state.acked).toBe(2);
  });

  test("catches up once half of its messages are read, not with the first of them", () => {
    const one = watcher();
    for (let n = 0; n < MAX_UNACKNOWLEDGED; n += 1) one.next();
    one.skip(["a"], 1);
    one.acknowledge(1);
    expect([one.hasRoom, one.mayCatchUp]).toEqual([true, false]);
    one.acknowledge(MAX_UNACKNOWLEDGED / 2);
    expect(one.mayCatchUp).toBe(true);
    // What found no room even so is behind, and is not counted again.
    one.catchUp();
    one.skip(["a"], 0);
    expect([one.isBehind, one.catchUp()]).toEqual([true, { skipped: 0, traces: ["a"] }]);
  });

  test("is told once what it is behind with", () => {
    const one = watcher();
    one.skip(["a", "b"], 2);
    one.skip(["b"], 1);
    expect(one.isBehind).toBe(true);
    expect(one.catchUp()).toEqual({ skipped: 3, traces: ["a", "b"] });
    expect(one.isBehind).toBe(false);
  });
});

test("messages have a bounded number of turns, and a bounded length but for one turn's", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(1, 2_000, 300_000), { maxLength: 120 }), (lengths) => {
      const turns = lengths.map((length, n) => turn(`t${n}`, { name: "x".repeat(length) }));
      const parts = inParts(turns);
      expect(parts.flat()).toEqual(turns);
      for (const part of parts) {
        expect(part.length).toBeLessThanOrEqual(MAX_LIVE_TURNS);
        if (part.length > 1) expect(JSON.stringify(part).length).toBeLessThan(300_000);
      }
    }),
    { numRuns: 20 },
  );
});

test("sessions tell as they like, until the hub has much to do", () => {
  const pace = new Pace();
  const calls = (count: number, at: number) =>
    Array.from({ length: count }, () => pace.called(at)).at(-1);
  expect(calls(100, 10_000)).toBe(0);
  expect(calls(200, 11_000)).toBe(1_000);
  expect(calls(1, 12_000)).toBe(1_000);
  expect(calls(500, 12_500)).toBe(5_000);
  expect(calls(1, 20_000)).toBe(0);
});

test("a hub is not reached by naming a project", () => {
  expect(liveName("pk-lf-1")).toMatch(/^[0-9a-f]{32}$/);
  expect(liveName("pk-lf-1")).not.toBe(liveName("pk-lf-2"));
});
