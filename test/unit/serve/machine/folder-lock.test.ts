// The lock of a folder, between real processes: only a process that lives holds it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockFolder } from "../../../../src/serve/machine/folder-lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "langfuse-edge-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const MODULE = resolve("src/serve/machine/folder-lock.ts");
const HOLDER = `
  import { lockFolder } from ${JSON.stringify(MODULE)};
  process.stdin.resume();
  lockFolder(process.argv[1]).then(
    () => console.log("held"),
    () => { console.log("refused"); process.exit(); },
  );`;

async function holder() {
  const args = ["--no-warnings", "--input-type=module-typescript", "--eval", HOLDER, folder];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { child, said: String(said).trim() };
}

test("one at a time, and the next one after it", async () => {
  const first = await lockFolder(folder);
  expect(first.isHeld).toBe(true);
  await expect(lockFolder(folder)).rejects.toThrow(
    "another langfuse-edge runs on this data folder",
  );
  first.release();
  const second = await lockFolder(folder);
  second.release();
});

test("a process that was killed holds nothing", async () => {
  const { child, said } = await holder();
  expect(said).toBe("held");
  await expect(lockFolder(folder)).rejects.toThrow("another langfuse-edge");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(existsSync(join(folder, "lock"))).toBe(true);
  const mine = await lockFolder(folder);
  expect(mine.isHeld).toBe(true);
  mine.release();
});

test("of many that find a dead one's lock at once, one gets it", async () => {
  const dead = await holder();
  dead.child.kill("SIGKILL");
  await once(dead.child, "exit");
  const all = await Promise.all([holder(), holder(), holder()]);
  expect(all.map(({ said }) => said).toSorted()).toEqual(["held", "refused", "refused"]);
  for (const { child } of all) child.kill("SIGKILL");
});

test("a path that no socket can have is named", async () => {
  const long = join(folder, "x".repeat(120));
  await expect(lockFolder(long)).rejects.toThrow("too long");
});
