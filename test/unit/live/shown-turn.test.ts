import { describe, expect, it } from "vitest";
import { shownTurn } from "../../../src/live/shown-turn.ts";
import { TurnMemory } from "../../../src/live/turn-memory.ts";
import type { LiveScore, LiveTurn } from "../../../src/protocol/live.ts";

const SAID = "what a user said";
const turn = (scores: LiveScore[]): LiveTurn => ({
  traceId: "t",
  state: "ended",
  startTime: 1,
  scores,
  observations: [
    {
      id: "o",
      type: "generation",
      name: "answer",
      startTime: 1,
      input: SAID,
      output: SAID,
      statusMessage: SAID,
    },
  ],
});
const measures: LiveScore[] = [
  { id: "n", name: "stars", value: 4 },
  { id: "c", name: "tone", value: "dry", words: false },
];
/** The last is of a session whose version told words as it told categories. */
const words: LiveScore[] = [
  { id: "w", name: "comment", value: SAID, words: true },
  { id: "x", name: "comment", value: SAID },
];

describe("a turn, to those who may see no payloads", () => {
  it("has none, whatever the session told, which may go by other settings or be of another version", () => {
    const shown = shownTurn(turn([...measures, ...words]));
    expect(JSON.stringify(shown)).not.toContain(SAID);
    expect(shown.scores).toEqual([
      ...measures,
      { id: "w", name: "comment", value: "…", words: true },
      { id: "x", name: "comment", value: "…" },
    ]);
    expect(shown.observations).toEqual([
      { id: "o", type: "generation", name: "answer", startTime: 1 },
    ]);
  });

  it("is what it was where it had none", () => {
    const bare = { ...turn(measures), observations: [] };
    expect(shownTurn(bare)).toEqual(bare);
  });

  it("has none in the hub's storage, nor what an earlier version has stored of it", () => {
    const memory = new TurnMemory();
    memory.take(turn(words), 0);
    expect(memory.write()).not.toContain(SAID);
    const stored = new TurnMemory();
    stored.read(JSON.stringify([[0, turn(words)]]));
    expect(JSON.stringify(stored.all(0))).not.toContain(SAID);
  });
});
