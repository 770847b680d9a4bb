// Clients of before Langfuse's batches: a request for each thing.
import assert from "node:assert/strict";
import { at } from "../support/by-hand.ts";
import type { Client, Recorded } from "../support/client-type.ts";
import { factsByName, treeOf } from "../support/facts.ts";

const send = (method: string, path: string, body: object): Recorded => ({
  method,
  path: `/api/public/${path}`,
  headers: { "content-type": "application/json", "user-agent": "curl/8.5.0" },
  body: JSON.stringify(body),
});
const traceId = "rest-trace";

export const client: Client = {
  needs: [],
  install: [],
  run: [],
  requests: [
    send("POST", "traces", { id: traceId, name: "answer", metadata: { a: 1 } }),
    send("POST", "spans", { id: "rest-span", traceId, name: "work", startTime: at(0) }),
    send("POST", "generations", {
      id: "rest-generation",
      traceId,
      parentObservationId: "rest-span",
      name: "llm",
      startTime: at(1),
      prompt: [{ role: "user", content: "why?" }],
      usage: { promptTokens: 4, completionTokens: 2 },
    }),
    send("POST", "events", { traceId, name: "clicked", startTime: at(2) }),
    send("PATCH", "generations", {
      generationId: "rest-generation",
      completion: "because",
      endTime: at(8),
    }),
    send("PATCH", "spans", { spanId: "rest-span", traceId, endTime: at(9) }),
    send("POST", "scores", { id: "rest-score", traceId, name: "liked", value: 0 }),
  ],
  isComplete: ({ spans, scores }) => spans.length >= 4 && scores.length >= 1,
  check: ({ spans, scores }) => {
    assert.deepEqual(treeOf(spans), {
      answer: undefined,
      work: "answer",
      llm: "work",
      clicked: "answer",
    });
    const facts = factsByName(spans)["llm"];
    assert.equal(facts?.["langfuse.observation.output"], "because");
    assert.equal(facts?.["langfuse.observation.usage_details"], '{"input":4,"output":2}');
    assert.deepEqual(
      scores.map(({ value }) => value),
      [0],
    );
  },
};
