import { describe, expect, it } from "vitest";
import { TurnMemory } from "../../../../src/live/turn-memory.ts";
import { ofScore } from "../../../../src/session/live/observation-view.ts";

const SAID = "what a user said";
const body = (more: object): string => JSON.stringify({ name: "comment", ...more });

describe("a score that is told to watchers", () => {
  it.each(["TEXT", "CORRECTION"])(
    "of the type %s shows its words to whom payloads are",
    (dataType) => {
      const score = body({ value: SAID, dataType });
      expect(ofScore("s", score, true)).toEqual({
        id: "s",
        name: "comment",
        value: SAID,
        words: true,
      });
      expect(ofScore("s", score, false)).toEqual({ id: "s", name: "comment", value: "…" });
    },
  );

  it.each([{ value: 0.5 }, { value: "good", dataType: "CATEGORICAL" }, { value: "good" }])(
    "shows a measure to everybody: %j",
    (score) => {
      expect(ofScore("s", body(score), false)).toEqual(ofScore("s", body(score), true));
      expect(ofScore("s", body(score), false)).toMatchObject({ value: score.value });
    },
  );

  it("has no words in the hub's storage", () => {
    const memory = new TurnMemory();
    const score = ofScore("s", body({ value: SAID, dataType: "TEXT" }), true);
    const turn = { traceId: "t", state: "open" as const, startTime: 0, observations: [] };
    memory.take({ ...turn, scores: score === undefined ? [] : [score] }, 0);
    expect(JSON.stringify(memory.all(0))).toContain(SAID);
    expect(memory.write()).not.toContain(SAID);
    expect(memory.write()).toContain("comment");
  });
});
