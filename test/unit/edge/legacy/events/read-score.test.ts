// Scores among older clients' events: what is taken, in which form, and what is refused.
import { describe, expect, test } from "vitest";
import { type Body, interpreted, score, refused, T, idOf } from "./interpreting-events.ts";

describe("scores", () => {
  const base = { id: "s", traceId: "t", name: "n" };
  test.each<[Body, Body]>([
    [{ value: true }, { value: 1, dataType: "BOOLEAN" }],
    [{ value: "good" }, { value: "good" }],
    [
      { value: "0.5", dataType: "NUMERIC" },
      { value: 0.5, dataType: "NUMERIC" },
    ],
    [
      { value: true, dataType: "CATEGORICAL" },
      { value: "true", dataType: "CATEGORICAL" },
    ],
    [
      { value: 1, observationId: "o", comment: null, metadata: { a: 1 }, configId: "c" },
      { value: 1, observationId: idOf("o"), metadata: { a: 1 }, configId: "c" },
    ],
    [{ value: 1, observationId: null, sessionId: "x" }, { value: 1 }],
  ])("%j", (given, expected) => {
    expect(score("score-create", { ...base, ...given })).toEqual({
      ...base,
      traceId: T,
      ...expected,
    });
  });

  test("of a session, of a dataset's run, and without an id of its own", () => {
    const session = interpreted("score-create", { name: "n", value: 1, sessionId: "s" });
    expect(session).toMatchObject({ kind: "kept", items: [{ session: "s" }] });
    expect(score("score-create", { id: "a", name: "n", value: 1, datasetRunId: "r" })).toEqual({
      id: "a",
      name: "n",
      value: 1,
      datasetRunId: "r",
    });
    const [one, again] = [0, 1].map(
      () => score("score-create", { traceId: "t", name: "n", value: 1 })["id"],
    );
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(again).toBe(one);
  });

  test.each<[Body, string]>([
    [{ traceId: "t", value: 1 }, "body.name: is missing"],
    [{ name: "n", value: 1 }, "body: must name a traceId, a sessionId or a datasetRunId"],
    [{ ...base, value: 1, dataType: "MOOD" }, "body.dataType: is none of Langfuse's"],
    [{ ...base, value: 2, dataType: "BOOLEAN" }, "body.value: must be 0 or 1"],
    [
      { ...base, value: "x", dataType: "NUMERIC" },
      "body.value: must be text or a number that fits the dataType",
    ],
    [{ ...base, dataType: "TEXT" }, "body.value: must be text or a number that fits the dataType"],
  ])("%j is refused: nothing can be made of it", (body, error) => {
    expect(refused("score-create", body)).toEqual([400, error]);
  });
});
