// Frames of a newer or an older edge: an open page outlives a deploy.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  assistantsOf,
  outcomeWords,
  shownTurns,
  toneOf,
} from "../../../../src/dashboard/live/filter.ts";
import { readMessage } from "../../../../src/dashboard/live/read-message.ts";
import { withSilent } from "../../../../src/dashboard/live/silence.ts";
import { summaryOf } from "../../../../src/dashboard/live/summary.ts";
import { EMPTY_MEMORY, partsOf, remember } from "../../../../src/dashboard/live/turn-memory.ts";
import { layOut } from "../../../../src/dashboard/waterfall/layout.ts";
import type { LiveMessage, LiveTurn } from "../../../../src/protocol/live.ts";

const NOW = 5_000;
const WHOLE: Required<LiveTurn> = {
  traceId: "t",
  rawTraceId: "ui2-1-a",
  partial: true,
  state: "ended",
  name: "Ada",
  sessionId: "s",
  userId: "u",
  environment: "production",
  release: "web-7",
  version: "1",
  tags: ["a"],
  variants: { tone: "dry" },
  source: "frontend-click",
  startTime: 1,
  endTime: 9,
  outcome: "completed",
  failed: true,
  idle: true,
  sampledOut: true,
  latencies: { time_to_first_token: 3 },
  scores: [{ id: "s", name: "stars", value: 4 }],
  observations: [
    {
      id: "o",
      parentId: "r",
      root: true,
      type: "generation",
      name: "streaming-response",
      startTime: 1,
      endTime: 8,
      firstTokenTime: 3,
      chunks: 7,
      chunksPerSecond: 2,
      level: "ERROR",
      model: "m",
      tokens: 5,
      cost: 0.1,
      outcome: "failed",
      abandoned: true,
      late: true,
      input: "i",
      output: "o",
      statusMessage: "m",
    },
  ],
  more: 2,
};
const HELLO: LiveMessage = {
  type: "hello",
  n: 1,
  v: 1,
  now: NOW,
  project: "pk",
  content: true,
  until: 9,
  turns: [WHOLE],
};

/** All that the page makes of its turns. */
function shownOf(messages: readonly LiveMessage[]): number {
  const memory = messages.reduce((before, one) => remember(before, one, NOW), EMPTY_MEMORY);
  const turns = [...withSilent(memory.turns, NOW).values()];
  summaryOf(turns, NOW);
  assistantsOf(turns);
  for (const turn of turns) {
    expect([outcomeWords(turn), toneOf(turn)].every((word) => word.length > 0)).toBe(true);
    for (const bar of layOut(partsOf(turn), NOW).bars) expect(bar.left).not.toBeNaN();
  }
  return shownTurns(turns, { session: "s", user: "u" }).length;
}

describe("a message of the edge", () => {
  it("is what it says, field for field", () => {
    for (const message of [
      HELLO,
      { type: "turns", n: 2, now: NOW, turns: [WHOLE] },
      { type: "skipped", n: 3, now: NOW, changes: 4 },
    ] as const) {
      expect(readMessage(JSON.stringify(message), 0)).toEqual({ n: message.n, message });
    }
    expect(shownOf([HELLO])).toBe(1);
  });

  it("of a kind that is not known is acknowledged, and no more", () => {
    expect(readMessage('{"type":"weather","n":7}', 0)).toEqual({ n: 7 });
  });

  it.each(["", "pong", "null", "[]", '{"type":"turns","turns":[]}', '{"n":"1"}', '{"n":1e999}'])(
    "is none of this protocol: %s",
    (text) => {
      expect(readMessage(text, 0)).toBeUndefined();
    },
  );

  it("has null where a text was, and what this page does not know: the rest is shown", () => {
    const odd = {
      ...HELLO,
      mood: "fine",
      project: null,
      turns: [
        { ...WHOLE, name: null, userId: 7, tags: [null, "a"], state: "resting", mood: {} },
        { traceId: "no start" },
        null,
        {
          traceId: "b",
          startTime: 2,
          observations: [null, { id: "x" }, { id: "y", startTime: 3 }],
        },
      ],
    };
    const message = readMessage(JSON.stringify(odd), 0)?.message;
    if (message?.type !== "hello") throw new Error("no hello");
    expect(message.project).toBe("");
    const [first, second, ...others] = message.turns;
    expect(others).toEqual([]);
    expect(first).toMatchObject({ traceId: "t", state: "open", tags: ["a"], sessionId: "s" });
    expect(first).not.toHaveProperty("name");
    expect(first).not.toHaveProperty("userId");
    expect(second).toEqual({
      traceId: "b",
      startTime: 2,
      state: "open",
      observations: [{ id: "y", type: "span", name: "", startTime: 3 }],
    });
  });

  it("never breaks the page, whatever stands where", () => {
    const paths = [...pathsIn(HELLO)];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...paths), fc.jsonValue()), { maxLength: 4 }),
        (changes) => {
          const odd = structuredClone(HELLO) as unknown;
          for (const [path, value] of changes) put(odd, path, value);
          const read = readMessage(JSON.stringify(odd), 0);
          if (read?.message === undefined) return;
          shownOf([HELLO, read.message]);
          shownOf([read.message, HELLO]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

function* pathsIn(value: object, at: string[] = []): Generator<string[]> {
  for (const [name, inner] of Object.entries(value) as [string, unknown][]) {
    yield [...at, name];
    if (typeof inner === "object" && inner !== null) yield* pathsIn(inner, [...at, name]);
  }
}

function put(whole: unknown, path: readonly string[], value: unknown): void {
  let at = whole;
  for (const name of path.slice(0, -1)) {
    if (typeof at !== "object" || at === null) return;
    at = (at as Record<string, unknown>)[name];
  }
  const last = path.at(-1);
  if (typeof at === "object" && at !== null && last !== undefined) {
    (at as Record<string, unknown>)[last] = value;
  }
}
