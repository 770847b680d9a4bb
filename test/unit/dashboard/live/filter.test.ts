import { describe, expect, it } from "vitest";
import {
  assistantsOf,
  NO_NAME,
  outcomeOf,
  outcomeWords,
  shownTurns,
  toneOf,
} from "../../../../src/dashboard/live/filter.ts";
import type { LiveObservation, LiveTurn } from "../../../../src/protocol/live.ts";

const turn = (traceId: string, more: Partial<LiveTurn> = {}): LiveTurn => ({
  traceId,
  state: "ended",
  startTime: Number(traceId),
  observations: [],
  ...more,
});
const TURNS = [
  turn("1", { name: "Ada", sessionId: "Chat-7", userId: "ada@example.com", outcome: "completed" }),
  turn("3", { name: "Bob", sessionId: "chat-8", outcome: "failed", failed: true }),
  turn("2", { state: "open" }),
];
const shown = (choices: Record<string, string>) =>
  shownTurns(TURNS, choices).map(({ traceId }) => traceId);

describe("the turns that are shown", () => {
  it.each([
    [{}, ["3", "2", "1"]],
    [{ assistant: "Ada" }, ["1"]],
    [{ assistant: NO_NAME }, ["2"]],
    [{ session: "CHAT-7" }, ["1"]],
    [{ session: "chat" }, ["3", "1"]],
    [{ user: "example.com" }, ["1"]],
    [{ outcome: "under way" }, ["2"]],
    [{ outcome: "completed" }, ["1"]],
    [{ errors: "1" }, ["3"]],
    [{ assistant: "Ada", errors: "1" }, []],
  ])("%j", (choices, ids) => expect(shown(choices)).toEqual(ids));

  it("name every assistant once", () => {
    expect(assistantsOf(TURNS)).toEqual([NO_NAME, "Ada", "Bob"]);
  });
});

const observation = (type: "tool" | "generation", level?: "ERROR"): LiveObservation => ({
  id: type,
  type,
  name: type,
  startTime: 0,
  ...(level && { level }),
});

describe("how a turn stands", () => {
  it.each([
    [{ state: "open" }, "under way", "under-way"],
    [{ state: "open", failed: true }, "under way, with errors", "under-way"],
    [{ outcome: "completed" }, "completed", "good"],
    [{ outcome: "completed", failed: true }, "completed, with errors", "warn"],
    [{ failed: true, observations: [observation("tool", "ERROR")] }, "failed", "bad"],
    [
      { failed: true, observations: [observation("tool", "ERROR"), observation("generation")] },
      "completed, with errors",
      "warn",
    ],
    [{ failed: true, observations: [observation("generation", "ERROR")] }, "failed", "bad"],
    [{ outcome: "stopped" }, "stopped", "warn"],
    [{ outcome: "failed" }, "failed", "bad"],
    [{ failed: true }, "failed", "bad"],
    [{ idle: true }, "not ended", "warn"],
    [{}, "completed", "good"],
  ] satisfies [Partial<LiveTurn>, string, string][])("%j", (more, word, tone) => {
    const shownTurn = turn("1", more);
    expect([outcomeWords(shownTurn), toneOf(shownTurn)]).toEqual([word, tone]);
    // The word to filter by is the first of them.
    expect(word.startsWith(outcomeOf(shownTurn))).toBe(true);
  });
});
