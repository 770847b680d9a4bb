// The contract's lines on scores, which go in batches of events.
import { describe, expect, it } from "vitest";
import { ROOT, scoreEvent } from "../exports.ts";
import { sinkUnderTest } from "../sink-under-test.ts";
import { INGESTION, SCORE, scored } from "./sink-answers.ts";

describe("only `score-create` and `sdk-log` pass: 207 with one 400 per event, “Event type not accepted”", () => {
  it.each(["trace-create", "span-create", "generation-update", "event-create", "score-delete"])(
    "%s",
    async (type) => {
      const { send } = sinkUnderTest();
      const batch = [{ ...scoreEvent({ id: "x" }), id: "e", type }, scoreEvent(SCORE)];
      const answer = await send(INGESTION, { body: { batch } });
      expect([answer.status, await answer.json()]).toMatchObject([
        207,
        {
          successes: [{ id: "event-1", status: 201 }],
          errors: [{ id: "e", status: 400, message: "Event type not accepted" }],
        },
      ]);
    },
  );
});

describe("a score: `id`, `timestamp`, `type`, `body: {id, traceId, observationId?, sessionId?, name, value, dataType?, comment?, metadata?}`", () => {
  it.each<[string, object | undefined]>([
    ["no body", undefined],
    ["no name", { ...SCORE, name: undefined }],
    ["no value", { ...SCORE, value: null }],
    ["a flag as its value", { ...SCORE, value: true }],
    ["neither a trace nor a session", { ...SCORE, traceId: undefined }],
    ["a trace id that is no text", { ...SCORE, traceId: 7 }],
    ["only a dataset run", { ...SCORE, traceId: undefined, datasetRunId: "r" }],
    [
      "an observation of no trace",
      { ...SCORE, traceId: undefined, sessionId: "c", observationId: "o" },
    ],
    ["an observation id that is no text", { ...SCORE, observationId: 1 }],
    ["an id that is no text", { ...SCORE, id: 5 }],
    ["a comment that is no text", { ...SCORE, comment: {} }],
    ["an unknown data type", { ...SCORE, dataType: "STARS" }],
    ["a value that does not fit its data type", { ...SCORE, dataType: "NUMERIC", value: "much" }],
    ["a boolean of 2", { ...SCORE, dataType: "BOOLEAN", value: 2 }],
  ])("is refused with %s", async (_name, body) => {
    const { status, successes, errors, scores } = await scored(body);
    expect([status, successes, errors, scores]).toMatchObject([
      207,
      [],
      [{ id: "event-1", status: 400 }],
      [],
    ]);
  });

  it.each([undefined, 1795348800000, "now", "2026-11-22"])(
    "is refused with %j for its timestamp",
    async (timestamp) => {
      const { send } = sinkUnderTest();
      const answer = await send(INGESTION, {
        body: { batch: [{ ...scoreEvent(SCORE), timestamp }] },
      });
      expect(await answer.json()).toMatchObject({ successes: [], errors: [{ status: 400 }] });
    },
  );

  it("is taken with all of it", async () => {
    const body = {
      ...SCORE,
      observationId: ROOT,
      sessionId: "chat",
      dataType: "NUMERIC",
      comment: "good",
      metadata: { by: "ada" },
    };
    const { successes, scores, kinds } = await scored(body);
    expect([successes.length, scores, kinds]).toMatchObject([
      1,
      [{ id: "s1", comment: "good" }],
      [],
    ]);
  });
});
