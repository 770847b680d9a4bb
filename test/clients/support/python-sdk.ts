// Langfuse's Python SDK on OpenTelemetry, in each of its major versions: what has to be in Langfuse is the same.
import assert from "node:assert/strict";
import { rootsOf, treeOf } from "../../support/read-span-tree.ts";
import { attributesOf } from "../../support/recording-langfuse.ts";
import type { Client } from "./client-type.ts";
import { PROMPT_READS } from "../../support/prompt.ts";

const PROJECT = {
  id: "project",
  name: "Project",
  organization: { id: "org", name: "Org" },
  metadata: {},
  retentionDays: null,
};

/** @param everywhere trace attributes and the release stand on each span, as from version 4 on */
export const pythonSdk = (version: string, everywhere: boolean): Client => ({
  needs: ["python3"],
  install: [
    ["python3", "-m", "venv", ".venv"],
    [".venv/bin/pip", "install", "--quiet", `langfuse==${version}`],
  ],
  run: [".venv/bin/python", "program.py"],
  reads: {
    "/api/public/projects": { data: [PROJECT] },
    ...PROMPT_READS,
  },
  isComplete: ({ spans, scores }) => spans.length >= 4 && scores.length >= 2,
  check: ({ spans, scores }) => {
    assert.deepEqual(treeOf(spans), {
      answer: undefined,
      llm: "answer",
      search: "answer",
      clicked: "answer",
    });
    assert.deepEqual(rootsOf(spans), ["answer"]);
    const facts = new Map(spans.map((span) => [span.name, attributesOf(span)]));
    const of = (name: string): Record<string, unknown> => facts.get(name) ?? {};
    for (const name of everywhere ? facts.keys() : ["answer"]) {
      assert.equal(of(name)["session.id"], "chat-7");
      assert.equal(of(name)["user.id"], "ada");
      assert.equal(of(name)["langfuse.trace.name"], "Assistant");
    }
    for (const one of facts.values()) {
      assert.equal(one["langfuse.environment"], "staging");
      if (everywhere) assert.equal(one["langfuse.release"], "r1");
    }
    assert.equal(of("answer")["langfuse.observation.input"], '{"question": "why?"}');
    assert.equal(of("answer")["langfuse.observation.output"], '{"answer": "because"}');
    const llm = of("llm");
    assert.equal(llm["langfuse.observation.type"], "generation");
    assert.equal(llm["langfuse.observation.model.name"], "gpt-4o");
    assert.equal(llm["langfuse.observation.output"], "because 🧀");
    assert.equal(llm["langfuse.observation.usage_details"], '{"input": 11, "output": 5}');
    assert.equal(llm["langfuse.observation.prompt.name"], "cellar");
    assert.match(String(llm["langfuse.observation.input"]), /Where is the cheese\?/);
    assert.equal(of("search")["langfuse.observation.level"], "WARNING");
    const idOf = (name: string): unknown => spans.find((span) => span.name === name)?.spanId;
    assert.deepEqual(
      new Set(
        scores.map(({ id, traceId, observationId, value }) =>
          JSON.stringify([id, traceId, observationId, value]),
        ),
      ),
      new Set([
        JSON.stringify(["py-tone", spans[0]?.traceId, idOf("llm"), "warm"]),
        JSON.stringify(["py-liked", spans[0]?.traceId, undefined, 1]),
      ]),
    );
  },
});
