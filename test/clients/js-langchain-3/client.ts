import assert from "node:assert/strict";
import type { Client } from "../support/client-type.ts";
import { factsByName } from "../support/facts.ts";

export const client: Client = {
  needs: ["npm"],
  install: [["npm", "install", "--no-audit", "--no-fund", "--silent"]],
  run: ["node", "program.js"],
  isComplete: ({ spans }) => spans.length >= 6,
  check: ({ spans }) => {
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    assert.equal(roots.length, 1);
    assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    for (const { parentSpanId } of spans) {
      assert.ok(
        parentSpanId === undefined || ids.has(parentSpanId),
        "a parent that did not arrive",
      );
    }
    const facts = factsByName(spans);
    const model = Object.values(facts).find(
      (one) => one["langfuse.observation.type"] === "generation",
    );
    assert.match(String(model?.["langfuse.observation.output"]), /because/);
    assert.match(String(facts["look"]?.["langfuse.observation.output"]), /found because/);
    for (const one of Object.values(facts)) {
      assert.equal(one["session.id"], "chat-lc");
      assert.equal(one["user.id"], "ada");
    }
  },
};
