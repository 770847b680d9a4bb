// A Laravel client, which loses the batch at any failure: a request's trace in one batch at its end, with empty
// lists where PHP has empty objects, and generations that are never ended.
import assert from "node:assert/strict";
import { at, batchOf } from "../support/by-hand.ts";
import type { Client } from "../support/client-type.ts";
import { factsByName, treeOf } from "../support/facts.ts";

const event = (id: string, type: string, body: object): object => ({
  id,
  type,
  timestamp: at(0),
  body,
});

export const client: Client = {
  needs: [],
  install: [],
  run: [],
  requests: [
    batchOf("GuzzleHttp/7", [
      event("l-1", "trace-create", {
        id: "php-trace",
        name: "chat",
        metadata: [],
        tags: [],
        timestamp: at(0),
      }),
      event("l-2", "generation-create", {
        id: "php-generation",
        traceId: "php-trace",
        name: "llm",
        startTime: at(5),
        model: "gpt-4o-mini",
        modelParameters: [],
        metadata: [],
        usage: [],
        input: "why?",
        output: "because",
      }),
    ]),
  ],
  isComplete: ({ spans }) => spans.length >= 2,
  check: ({ spans }) => {
    assert.deepEqual(treeOf(spans), { chat: undefined, llm: "chat" });
    const facts = factsByName(spans)["llm"];
    assert.equal(facts?.["langfuse.observation.output"], "because");
    assert.equal(facts?.["langfuse.observation.level"], undefined);
    assert.equal(facts?.["langfuse.observation.metadata.metadata"], undefined);
  },
};
