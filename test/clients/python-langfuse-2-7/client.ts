import assert from "node:assert/strict";
import type { Client } from "../support/client-type.ts";
import { factsByName, treeOf } from "../support/facts.ts";

export const client: Client = {
  needs: ["python3"],
  install: [
    ["python3", "-m", "venv", ".venv"],
    [".venv/bin/pip", "install", "--quiet", "langfuse==2.7.0"],
  ],
  run: [".venv/bin/python", "program.py"],
  isComplete: ({ spans }) => spans.length >= 3,
  check: ({ spans }) => {
    assert.deepEqual(treeOf(spans), { answer: undefined, work: "answer", llm: "work" });
    assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1);
    const facts = factsByName(spans);
    assert.equal(facts["llm"]?.["langfuse.observation.output"], "because");
    assert.equal(facts["llm"]?.["langfuse.observation.usage_details"], '{"input":4,"output":2}');
    assert.equal(facts["work"]?.["langfuse.observation.output"], "done");
    assert.equal(facts["answer"]?.["langfuse.observation.output"], "because");
    for (const one of Object.values(facts)) assert.equal(one["user.id"], "ada");
  },
};
