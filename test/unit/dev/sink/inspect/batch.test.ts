import { describe, expect, it } from "vitest";
import type { Verdict } from "../../../../../src/dev/sink/inspect/inspect.ts";
import { batchRequest, scoreEvent, TRACE } from "../exports.ts";
import { judge } from "./judging.ts";

describe("ingestion batches", () => {
  const events = (...given: object[]) => judge(batchRequest(given));
  const score = { id: "s1", traceId: TRACE, name: "helpful", value: 1 };
  const answerOf = (verdict: Verdict): unknown => JSON.parse(verdict.body);

  it.each([
    "trace-create",
    "span-create",
    "span-update",
    "generation-create",
    "generation-update",
    "event-create",
    "observation-create",
  ])("%s is refused, one by one, with 207", (type) => {
    const event = { id: "e", timestamp: "2026-11-22T12:00:00Z", type, body: { id: "x" } };
    const verdict = events(event, scoreEvent(score));
    expect(verdict.status).toBe(207);
    expect(answerOf(verdict)).toMatchObject({
      successes: [{ id: "event-1", status: 201 }],
      errors: [{ id: "e", status: 400, message: "Event type not accepted" }],
    });
    expect(verdict.scores).toHaveLength(1);
  });

  it("sdk-log passes and leaves nothing", () => {
    const verdict = events({ ...scoreEvent({}), type: "sdk-log" });
    expect(answerOf(verdict)).toEqual({ successes: [{ id: "event-1", status: 201 }], errors: [] });
    expect(verdict).toMatchObject({ scores: [], findings: [] });
  });

  it("a score is stored, also with a public key alone", () => {
    const verdict = judge(batchRequest([scoreEvent(score)], { access: "scores" }));
    expect(verdict.scores).toMatchObject([
      { id: "s1", traceId: TRACE, name: "helpful", value: "1" },
    ]);
    expect(verdict.findings).toEqual([]);
  });

  it("a score without an id is answered 201 and never stored", () => {
    const { id: _id, ...nameless } = score;
    const verdict = events(scoreEvent(nameless));
    expect(answerOf(verdict)).toMatchObject({ successes: [{ status: 201 }], errors: [] });
    expect(verdict.scores).toEqual([]);
    expect(verdict.findings).toMatchObject([{ kind: "score_without_id", severity: "error" }]);
  });

  it.each([
    ["no name", { ...score, name: undefined }],
    ["no value", { ...score, value: null }],
    ["no subject", { ...score, traceId: undefined }],
    ["no body", undefined],
  ])("a score with %s is refused", (_name, body) => {
    expect(answerOf(events({ ...scoreEvent({}), body }))).toMatchObject({
      successes: [],
      errors: [{ id: "event-1", status: 400 }],
    });
  });

  it("a score of a session needs no trace", () => {
    const body = { id: "s2", sessionId: "chat", name: "helpful", value: "yes" };
    expect(events(scoreEvent(body)).scores).toMatchObject([
      { id: "s2", traceId: "", sessionId: "chat" },
    ]);
  });
});
