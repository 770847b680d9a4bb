// The Python package of this repository, built as it is published and installed beside the real SDK: the seed's
// backend, which lands below the page's span, by the page's headers and by the ids in its body.
import assert from "node:assert/strict";
import { rootsOf, treeOf } from "../../support/read-span-tree.ts";
import { attributesOf } from "../../support/recording-langfuse.ts";
import type { Client } from "./client-type.ts";

const TREE = {
  "Research Assistant": undefined,
  "frontend-backend-api-call": "Research Assistant",
  "backend-assistant-Research Assistant": "frontend-backend-api-call",
};
const PIP = ".venv/bin/pip";

export const pythonHelper = (version: string): Client => ({
  needs: ["python3"],
  install: [
    ["python3", "-m", "venv", ".venv"],
    [PIP, "install", "--quiet", `langfuse==${version}`, "build"],
    [".venv/bin/python", "-m", "build", "--outdir", "built", "../../../python"],
    [PIP, "install", "--quiet", "--no-index", "--find-links", "built", "langfuse-edge"],
  ],
  // In the copy of the repository that its own installed copy stands in.
  run: [".venv/bin/python", "../../../test/clients/support/python-helper.py"],
  vars: { AUTH: "token", AUTH_TOKEN_SECRET: "python-helper-secret-0123456789-0123456789" },
  isComplete: ({ spans }) => spans.length >= 6,
  check: ({ spans }) => {
    const traces = new Set(spans.map(({ traceId }) => traceId));
    assert.equal(traces.size, 2);
    for (const trace of traces) {
      const its = spans.filter(({ traceId }) => traceId === trace);
      assert.deepEqual(treeOf(its), TREE);
      assert.deepEqual(rootsOf(its), ["Research Assistant"]);
      for (const span of its) assert.equal(attributesOf(span)["session.id"], "chat-7");
    }
  },
});
