import { describe, expect, test } from "vitest";
import fc from "fast-check";
import {
  feedbackName,
  feedbackScore,
  type FeedbackValue,
} from "../../../../src/client/feedback/score.ts";
import { cut } from "../../../../src/client/send/cut.ts";
import { sha256 } from "../../../../src/client/trace/sha256.ts";

const scoreOf = (...said: Said): ReturnType<typeof feedbackScore> =>
  feedbackScore({ cut, sha256 }, ...said);
type Said = Parameters<typeof feedbackScore> extends [unknown, ...infer Rest] ? Rest : never;

describe("feedback as a score", () => {
  test.each([
    [true, {}, { name: "user-feedback", dataType: "BOOLEAN", value: true }],
    [4, {}, { name: "user-rating", dataType: "NUMERIC", value: 4 }],
    ["too long", {}, { name: "user-choice", dataType: "CATEGORICAL", value: "too long" }],
    [
      "It was rude.",
      { dataType: "TEXT" },
      { name: "user-comment", dataType: "TEXT", value: "It was rude." },
    ],
    [true, { name: "helpful" }, { name: "helpful", dataType: "BOOLEAN" }],
    [1, { dataType: "BOOLEAN" }, { name: "user-rating", dataType: "BOOLEAN", value: 1 }],
    [3, { configId: "c1" }, { dataType: undefined, configId: "c1" }],
    [false, { comment: "no", metadata: { a: 1 } }, { comment: "no", metadata: { a: 1 } }],
  ] as const)("%s with %j", (value, fields, score) => {
    expect(scoreOf("ui2-1", "ada", value, fields)).toMatchObject({
      traceId: "ui2-1",
      ...score,
    });
  });

  test("of words that are longer than Langfuse takes has their beginning, and all of them as its comment", () => {
    const words = "word ".repeat(200);
    const score = scoreOf("ui2-1", "", words, { dataType: "TEXT" });
    expect(score.value).toBe(words.slice(0, 500));
    expect(score.comment).toBe(words);
    const own = scoreOf("ui2-1", "", words, { dataType: "TEXT", comment: "mine" });
    expect(own.comment).toBe("mine");
  });
});

const value: fc.Arbitrary<FeedbackValue> = fc.oneof(fc.boolean(), fc.double(), fc.string());
const id = fc.string();

describe("a score's id", () => {
  test("is the same for the same trace, observation, name and user, whatever is said", () => {
    fc.assert(
      fc.property(id, id, id, id, value, value, (trace, observationId, name, user, a, b) => {
        const [one, other] = [a, b].map((said) =>
          scoreOf(trace, user, said, { name, observationId, comment: String(said) }),
        );
        expect(one?.scoreId).toBe(other?.scoreId);
        expect(one?.scoreId).toMatch(/^feedback-[\da-f]{32}$/);
      }),
    );
  });

  test("is another where one of them is", () => {
    const parts = fc.tuple(id, id, id, id);
    const idOf = ([trace, user, name, observationId]: string[]): string | undefined =>
      scoreOf(trace ?? "", user ?? "", true, { name, observationId }).scoreId;
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(idOf(a) === idOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  test("is that of its kind, where nobody names it", () => {
    const names = [true, 1, "a"].map((said) => feedbackName(said, {}));
    expect(new Set([...names, feedbackName("a", { dataType: "TEXT" })]).size).toBe(4);
  });
});
