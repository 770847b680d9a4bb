import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lineage } from "../../../src/stopping/lineage.ts";

let proc: string;
beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), "langfuse-edge-proc-"));
  mkdirSync(join(proc, "7"));
});
afterEach(() => rmSync(proc, { recursive: true, force: true }));

it.each([
  ["npm's shell", "sh\0-c\0node main.ts\0", "7 (sh) S 5 7 7 0", "7 5"],
  ["a shell by its path", "/bin/bash\0-c\0node main.ts\0", "7 (a) b) S 6 7 7 0", "7 6"],
  ["npm itself", "npm run dev\0", "7 (npm run dev) S 5 7 7 0", "7"],
  ["a shell that somebody types into", "bash\0", "7 (bash) S 5 7 7 0", "7"],
])("below %s", (_what, cmdline, stat, expected) => {
  writeFileSync(join(proc, "7/cmdline"), cmdline);
  writeFileSync(join(proc, "7/stat"), stat);
  expect(lineage(7, proc)).toBe(expected);
});

it("is the parent alone where the machine does not tell more", () => {
  expect(lineage(8, proc)).toBe("8");
});
