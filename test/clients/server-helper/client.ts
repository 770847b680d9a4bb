// The backend helpers of this package in Deno, Bun and the machine's own Node: the answers of the one table, and a
// token from a real edge.
import assert from "node:assert/strict";
import type { Client } from "../support/client-type.ts";

export const client: Client = {
  needs: ["node"],
  install: [
    ["npm", "install", "--no-audit", "--no-fund"],
    ["npm", "--prefix", "../../..", "run", "--silent", "build:client"],
  ],
  run: ["sh", "-c", "node program.js && npx deno run --allow-all program.js && npx bun program.js"],
  vars: { AUTH: "token", AUTH_TOKEN_SECRET: "server-helper-secret-0123456789-0123456789" },
  isComplete: ({ spans }) => spans.length >= 3,
  check: ({ spans }) =>
    assert.deepEqual(spans.map(({ name }) => name).toSorted(), ["bun", "deno", "node"]),
};
