// An edge in a process of its own: `node edge-child.ts <options as JSON>` prints its address, then its log.
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { startEdge } from "../support/edge-process.ts";

export interface EdgeChildOptions {
  persist: string;
  vars: Record<string, string>;
}

const { persist, vars } = JSON.parse(process.argv[2] ?? "{}") as EdgeChildOptions;
const entry = stripTypeScriptTypes(
  readFileSync(join(import.meta.dirname, "edge-entry.ts"), "utf8"),
);
const { url } = await startEdge({
  vars,
  persist,
  // It stands around the Worker as it was built.
  around: entry.replace("../../src/index.ts", "./index.js"),
  onLog: (line) => void process.stdout.write(`${new Date().toISOString()} ${line}\n`),
});
// Before all lines of the log: nothing is logged before the first request.
process.stdout.write(`${url}\n`);
// It does not outlive whoever started it, however that ended.
process.stdin.resume().once("end", () => process.exit());
