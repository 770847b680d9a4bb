import assert from "node:assert/strict";
import {
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
} from "../../../src/protocol/ids.ts";
import { attributesOf } from "../../support/recording-langfuse.ts";
import type { Client } from "../support/client-type.ts";

const TRACE = langfuseTraceId("py2-trace/1");
const ROOT = rootObservationId(TRACE);
const idOf = (id: string): string => langfuseObservationId(TRACE, id);

export const client: Client = {
  needs: ["python3"],
  install: [
    ["python3", "-m", "venv", ".venv"],
    [".venv/bin/pip", "install", "--quiet", "langfuse==2.60.10"],
  ],
  run: [".venv/bin/python", "program.py"],
  reads: {
    "/api/public/projects": {
      data: [
        {
          id: "project",
          name: "Project",
          organization: { id: "org", name: "Org" },
          metadata: {},
          retentionDays: null,
        },
      ],
    },
  },
  isComplete: ({ spans, scores }) => spans.length >= 4 && scores.length >= 2,
  check: ({ spans, scores }) => {
    const tree = spans.map(({ name, spanId, parentSpanId }) => [name, spanId, parentSpanId]);
    assert.deepEqual(
      new Set(tree.map((one) => JSON.stringify(one))),
      new Set(
        [
          ["answer", ROOT],
          ["retrieve", idOf("py2-span"), ROOT],
          ["llm", idOf("py2-generation"), idOf("py2-span")],
          ["clicked", idOf("py2-event"), ROOT],
        ].map(([name, id, parent]) => JSON.stringify([name, id, parent])),
      ),
    );
    const facts = new Map(spans.map((span) => [span.name, attributesOf(span)]));
    const root = facts.get("answer");
    assert.equal(root?.["langfuse.observation.input"], '{"question": "why?"}'.replace(": ", ":"));
    assert.equal(root?.["langfuse.observation.output"], '{"answer":"because"}');
    assert.equal(root?.["langfuse.observation.metadata.plan"], '{"name":"pro","seats":2}');
    const generation = facts.get("llm");
    assert.equal(
      generation?.["langfuse.observation.usage_details"],
      '{"input":11,"output":5,"cached":2}',
    );
    assert.equal(generation?.["langfuse.observation.output"], "because");
    assert.equal(facts.get("retrieve")?.["langfuse.observation.level"], "WARNING");
    for (const one of facts.values()) {
      assert.equal(one["session.id"], "chat-7");
      assert.equal(one["user.id"], "ada");
    }
    assert.deepEqual(
      scores.map(({ id, traceId, observationId, value }) => [id, traceId, observationId, value]),
      [
        ["py2-score", TRACE, undefined, 1],
        ["py2-score-2", TRACE, idOf("py2-generation"), "warm"],
      ],
    );
  },
};
