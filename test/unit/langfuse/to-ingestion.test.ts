import fc from "fast-check";
import { expect, it } from "vitest";
import { toIngestion, toScoreEvent } from "../../../src/langfuse/to-ingestion.ts";
import type { ScoreRecord } from "../../../src/protocol/record.ts";
import { scoreRecord } from "./arbitrary-records.ts";

const score: ScoreRecord = {
  kind: "score",
  ordinal: 3,
  actions: 1,
  size: 60,
  id: "score-1",
  body: '{"id":"score-1","traceId":"t","name":"helpful","value":1,"comment":null}',
  timestamp: 1_795_380_919_713,
};

it("writes a score-create event with the score's own body", () => {
  const [event] = toIngestion([score]).batch;
  expect(event).toMatchObject({
    timestamp: "2026-11-22T20:55:19.713Z",
    type: "score-create",
    body: JSON.parse(score.body) as object,
  });
});

it("never lacks the body's id", () => {
  expect(toScoreEvent({ ...score, body: '{"name":"n","value":1}' }).body).toMatchObject({
    id: "score-1",
  });
});

it("has an event id that is the same for the same record, and another for another", () => {
  const { id } = toScoreEvent(score);
  expect(toScoreEvent({ ...score, ordinal: 9 }).id).toBe(id);
  expect(toScoreEvent({ ...score, id: "score-2" }).id).not.toBe(id);
  expect(toScoreEvent({ ...score, timestamp: score.timestamp + 1 }).id).not.toBe(id);
});

it("sends no lone surrogate", () => {
  const event = toScoreEvent({ ...score, body: String.raw`{"name":"n","value":"\ud800"}` });
  expect(event.body).toMatchObject({ value: "\ufffd" });
});

it("refuses a body that is no object", () => {
  expect(() => toScoreEvent({ ...score, body: '"text"' })).toThrow(TypeError);
  expect(() => toScoreEvent({ ...score, body: "{" })).toThrow(SyntaxError);
});

it("keeps every record of a batch, in order", () => {
  fc.assert(
    fc.property(fc.array(scoreRecord), (records) => {
      const ids = toIngestion(records).batch.map(({ body }) =>
        "id" in body ? body.id : undefined,
      );
      expect(ids).toEqual(records.map(({ id }) => id));
    }),
  );
});
