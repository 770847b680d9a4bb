// A Ruby client: a worker's queue that sends a batch again with the same events when it thinks that it failed.
import assert from "node:assert/strict";
import { at, batchOf } from "../support/by-hand.ts";
import type { Client } from "../support/client-type.ts";
import { factsByName, treeOf } from "../support/facts.ts";

const LONG = "x".repeat(300_000);
const event = (id: string, type: string, body: object): object => ({
  id,
  type,
  timestamp: at(0),
  body,
});
const batch = batchOf("Ruby", [
  event("r-1", "trace-create", {
    id: "ruby-trace",
    name: "job",
    input: LONG,
    metadata: { queue: "default" },
  }),
  event("r-2", "span-create", {
    id: "ruby-span",
    traceId: "ruby-trace",
    name: "perform",
    startTime: at(1),
  }),
  event("r-3", "span-update", {
    id: "ruby-span",
    traceId: "ruby-trace",
    endTime: at(5),
    output: LONG,
  }),
  event("r-4", "score-create", {
    id: "ruby-score",
    traceId: "ruby-trace",
    name: "ok",
    value: 1,
    dataType: "BOOLEAN",
  }),
]);

export const client: Client = {
  needs: [],
  install: [],
  run: [],
  requests: [batch, batch, batch],
  isComplete: ({ spans, scores }) => spans.length >= 2 && scores.length >= 1,
  check: ({ spans, scores }) => {
    assert.deepEqual(treeOf(spans), { job: undefined, perform: "job" });
    assert.equal(spans.length, 2);
    assert.equal(factsByName(spans)["perform"]?.["langfuse.observation.output"], LONG);
    assert.deepEqual(
      scores.map(({ id }) => id),
      ["ruby-score"],
    );
  },
};
