// A .NET client, which throws at anything but a 2xx: every property is there, most of them null; seven digits of a
// second.
import assert from "node:assert/strict";
import { at, batchOf } from "../support/by-hand.ts";
import type { Client } from "../support/client-type.ts";
import { factsByName, treeOf } from "../support/facts.ts";

const precise = (ms: number): string => at(ms).replace("Z", "4567Z");
const observation = (id: string, more: object): object => ({
  id,
  traceId: "net-trace",
  parentObservationId: null,
  name: null,
  startTime: precise(0),
  endTime: null,
  metadata: null,
  input: null,
  output: null,
  level: null,
  statusMessage: null,
  version: null,
  environment: null,
  ...more,
});
const event = (id: string, type: string, body: object): object => ({
  id,
  timestamp: precise(10),
  metadata: null,
  type,
  body,
});

export const client: Client = {
  needs: [],
  install: [],
  run: [],
  requests: [
    batchOf("", [
      event("n-1", "trace-create", {
        id: "net-trace",
        name: "request",
        userId: null,
        tags: null,
        public: null,
      }),
      event("n-2", "span-create", observation("net-span", { name: "handler" })),
      event(
        "n-3",
        "generation-create",
        observation("net-generation", {
          name: "llm",
          parentObservationId: "net-span",
          model: "gpt-4o",
          usage: { input: 3, output: 1, total: null, unit: null, inputCost: null },
        }),
      ),
      event(
        "n-4",
        "generation-update",
        observation("net-generation", { endTime: precise(700), output: "so" }),
      ),
      event(
        "n-5",
        "span-update",
        observation("net-span", { endTime: precise(800), startTime: null }),
      ),
    ]),
    batchOf("", []),
  ],
  isComplete: ({ spans }) => spans.length >= 3,
  check: ({ spans }) => {
    assert.deepEqual(treeOf(spans), { request: undefined, handler: "request", llm: "handler" });
    const facts = factsByName(spans);
    assert.equal(facts["llm"]?.["langfuse.observation.usage_details"], '{"input":3,"output":1}');
    assert.equal(facts["llm"]?.["langfuse.observation.output"], "so");
    for (const one of Object.values(facts)) {
      assert.equal(one["langfuse.observation.metadata.langfuse_edge_notes"], undefined);
    }
  },
};
