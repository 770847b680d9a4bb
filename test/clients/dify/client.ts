// Dify: complete creates and no updates, told when all is over; parts of one trace in requests of their own; a span
// with its trace's id; a child whose parent never comes.
import assert from "node:assert/strict";
import {
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
} from "../../../src/protocol/ids.ts";
import { at, batchOf } from "../support/by-hand.ts";
import type { Client } from "../support/client-type.ts";
import { factsByName } from "../support/facts.ts";

const RUN = "4b7c9d1e-22aa-4f0e-9c5d-0a1b2c3d4e5f";
const AGENT = "python-httpx/0.27.2";
const HEADERS = { x_langfuse_sdk_name: "python", x_langfuse_sdk_version: "2.51.5" };
let events = 0;
const event = (type: string, body: object): object => ({
  id: `9e0c1b2a-0000-4000-8000-${String((events += 1)).padStart(12, "0")}`,
  type,
  timestamp: at(60_000),
  metadata: null,
  body,
});
const send = (...batch: object[]) => batchOf(AGENT, batch, HEADERS);

const TRACE = langfuseTraceId(RUN);
const idOf = (id: string): string => langfuseObservationId(TRACE, id);

export const client: Client = {
  needs: [],
  install: [],
  run: [],
  requests: [
    send(
      event("trace-create", {
        id: RUN,
        name: "workflow",
        userId: "end-user-1",
        sessionId: "conversation-1",
        input: { "sys.query": "why?" },
        output: { answer: "because" },
        metadata: { workflow_id: "w-1", total_tokens: 12 },
        tags: ["workflow"],
        version: null,
        release: null,
        public: null,
      }),
      event("span-create", {
        id: RUN,
        traceId: RUN,
        name: "workflow_app",
        startTime: at(0),
        endTime: at(4_000),
        input: { "sys.query": "why?" },
        output: { answer: "because" },
        level: "DEFAULT",
        statusMessage: "",
        parentObservationId: null,
      }),
      event("generation-create", {
        id: "node-llm",
        traceId: RUN,
        name: "llm",
        startTime: at(100),
        endTime: at(3_900),
        completionStartTime: null,
        model: "gpt-4o",
        modelParameters: {},
        input: [{ role: "user", text: "why?" }],
        output: "because",
        usage: { input: 10, output: 2, total: 12, unit: "TOKENS", totalCost: 0.001 },
        usageDetails: null,
        parentObservationId: RUN,
        level: "DEFAULT",
        metadata: { process_data: { a: 1 } },
        promptName: null,
        promptVersion: null,
      }),
    ),
    send(
      event("span-create", {
        id: "moderation",
        traceId: RUN,
        name: "moderation",
        startTime: at(4_000),
        endTime: at(3_000),
        input: "why?",
        output: { flagged: false },
        parentObservationId: "never-comes",
      }),
    ),
  ],
  isComplete: ({ spans }) => spans.length >= 4,
  check: ({ spans }) => {
    const parents = Object.fromEntries(spans.map(({ name, parentSpanId }) => [name, parentSpanId]));
    assert.deepEqual(parents, {
      workflow: undefined,
      workflow_app: rootObservationId(TRACE),
      llm: idOf(RUN),
      moderation: idOf("never-comes"),
    });
    const facts = factsByName(spans);
    for (const one of Object.values(facts)) assert.equal(one["session.id"], "conversation-1");
    assert.equal(
      facts["llm"]?.["langfuse.observation.usage_details"],
      '{"input":10,"output":2,"total":12}',
    );
    assert.equal(facts["llm"]?.["langfuse.observation.cost_details"], '{"total":0.001}');
    const moderation = spans.find(({ name }) => name === "moderation");
    assert.equal(moderation?.endTimeUnixNano, moderation?.startTimeUnixNano);
    const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
    assert.equal(root?.startTimeUnixNano, `${Date.parse(at(60_000))}000000`);
  },
};
