import assert from "node:assert/strict";
import type { Client } from "../support/client-type.ts";
import { factsByName } from "../support/facts.ts";

export const client: Client = {
  needs: ["npm"],
  install: [["npm", "install", "--no-audit", "--no-fund", "--silent"]],
  run: ["node", "program.js"],
  isComplete: ({ spans }) => spans.length >= 3,
  check: ({ spans }) => {
    assert.equal(spans.filter(({ parentSpanId }) => parentSpanId === undefined).length, 1);
    const generation = Object.values(factsByName(spans)).find(
      (one) => one["langfuse.observation.type"] === "generation",
    );
    assert.equal(generation?.["langfuse.observation.model.name"], "mock-model");
    assert.match(String(generation?.["langfuse.observation.output"]), /because/);
    assert.match(
      String(generation?.["langfuse.observation.usage_details"]),
      /"input":10,"output":20/,
    );
    assert.equal(generation?.["session.id"], "chat-ai");
    assert.equal(generation?.["user.id"], "ada");
  },
};
