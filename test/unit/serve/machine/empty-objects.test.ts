import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { removeEmptyObjects } from "../../../../src/serve/machine/empty-objects.ts";

const objects = mkdtempSync(join(tmpdir(), "langfuse-edge-objects-"));
afterAll(() => rmSync(objects, { recursive: true, force: true }));

test("only what holds nothing is removed", () => {
  const folder = join(objects, "langfuse-edge-Session");
  mkdirSync(folder);
  const put = (name: string, bytes: number): void =>
    writeFileSync(join(folder, name), Buffer.alloc(bytes));
  put("metadata.sqlite", 4096);
  put("gone.sqlite", 4096);
  put("never.sqlite", 0);
  put("full.sqlite", 8192);
  put("fresh.sqlite", 4096);
  put("fresh.sqlite-wal", 100_000);
  put("cut.sqlite", 4096);
  put("cut.sqlite-journal", 512);
  expect(removeEmptyObjects(objects)).toBe(2);
  expect(readdirSync(folder).toSorted()).toEqual([
    "cut.sqlite",
    "cut.sqlite-journal",
    "fresh.sqlite",
    "fresh.sqlite-wal",
    "full.sqlite",
    "metadata.sqlite",
  ]);
});
