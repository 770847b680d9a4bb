import assert from "node:assert/strict";
import type { Client } from "../support/client-type.ts";
import { factsByName, treeOf } from "../support/facts.ts";

export const client: Client = {
  needs: ["go"],
  install: [
    ["go", "get", "github.com/henomis/langfuse-go@v0.0.3"],
    ["go", "build", "-o", "client", "."],
  ],
  run: ["./client"],
  isComplete: ({ spans, scores }) => spans.length >= 4 && scores.length >= 1,
  check: ({ spans, scores }) => {
    assert.deepEqual(treeOf(spans), {
      answer: undefined,
      work: "answer",
      llm: "work",
      clicked: "llm",
    });
    const facts = factsByName(spans);
    assert.equal(facts["llm"]?.["langfuse.observation.output"], '{"completion":"because"}');
    assert.equal(facts["llm"]?.["langfuse.observation.usage_details"], '{"input":7,"output":2}');
    assert.equal(facts["llm"]?.["session.id"], "chat-5");
    for (const one of Object.values(facts)) {
      assert.equal(one["langfuse.observation.level"], undefined);
    }
    assert.deepEqual(
      scores.map(({ id, value }) => [id, value]),
      [["go-score", 0]],
    );
  },
};
