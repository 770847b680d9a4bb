import assert from "node:assert/strict";
import { langfuseObservationId, langfuseTraceId } from "../../../src/protocol/ids.ts";
import type { Client } from "../support/client-type.ts";
import { factsByName, treeOf } from "../support/facts.ts";
import { PROMPT_READS } from "../../support/prompt.ts";

const TRACE = langfuseTraceId("java-trace");

export const client: Client = {
  needs: ["javac", "mvn"],
  install: [
    ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"],
    ["javac", "-cp", "lib/*", "-d", "out", "Program.java"],
  ],
  run: ["java", "-cp", "lib/*:out", "Program"],
  reads: PROMPT_READS,
  isComplete: ({ spans, scores }) => spans.length >= 4 && scores.length >= 2,
  check: ({ spans, scores }) => {
    assert.deepEqual(treeOf(spans), {
      answer: undefined,
      work: "answer",
      llm: "work",
      clicked: "work",
    });
    const facts = factsByName(spans);
    for (const one of Object.values(facts)) {
      assert.equal(one["session.id"], "chat-11");
      assert.equal(one["user.id"], "ada");
    }
    assert.equal(facts["answer"]?.["langfuse.observation.input"], '{"question":"why?"}');
    const llm = facts["llm"] ?? {};
    assert.equal(llm["langfuse.observation.output"], "because 🧀");
    assert.equal(llm["langfuse.observation.model.name"], "gpt-4o");
    assert.equal(llm["langfuse.observation.model.parameters"], '{"maxTokens":1000}');
    // A map of Java's is in no order.
    const usage: unknown = JSON.parse(String(llm["langfuse.observation.usage_details"]));
    assert.deepEqual(usage, { input: 7, output: 2 });
    assert.deepEqual(
      new Set(
        scores.map(({ id, observationId, value }) => JSON.stringify([id, observationId, value])),
      ),
      new Set([
        JSON.stringify(["java-liked", undefined, 1]),
        JSON.stringify(["java-tone", langfuseObservationId(TRACE, "java-generation"), "warm"]),
      ]),
    );
  },
};
