import assert from "node:assert/strict";
import { langfuseTraceId } from "../../../src/protocol/ids.ts";
import type { Client } from "../support/client-type.ts";
import { factsByName, treeOf } from "../support/facts.ts";

export const client: Client = {
  needs: ["python3"],
  install: [
    ["python3", "-m", "venv", ".venv"],
    [".venv/bin/pip", "install", "--quiet", "litellm==1.80.0", "langfuse==2.60.10"],
  ],
  run: [".venv/bin/python", "program.py"],
  isComplete: ({ spans }) => spans.length >= 4,
  check: ({ spans }) => {
    assert.deepEqual(
      new Set(spans.map(({ traceId }) => traceId)),
      new Set([langfuseTraceId("litellm/trace-1")]),
    );
    assert.deepEqual(treeOf(spans), {
      answer: undefined,
      plain: "answer",
      streamed: "answer",
      failed: "answer",
    });
    const facts = factsByName(spans);
    assert.match(String(facts["plain"]?.["langfuse.observation.output"]), /because/);
    assert.match(String(facts["streamed"]?.["langfuse.observation.output"]), /in pieces/);
    assert.equal(facts["plain"]?.["langfuse.observation.model.name"], "gpt-4o");
    assert.equal(facts["plain"]?.["session.id"], "chat-8");
    assert.match(String(facts["plain"]?.["langfuse.observation.usage_details"]), /"input":\d+/);
    const failed = facts["failed"] ?? {};
    assert.equal(failed["langfuse.observation.level"], "ERROR");
    assert.match(String(failed["langfuse.observation.status_message"]), /the model broke/);
  },
};
