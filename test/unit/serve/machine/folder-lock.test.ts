// The lock of a folder, between real processes: only a process that lives holds it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lockFolder } from "../../../../src/serve/machine/folder-lock.ts";
import { runs } from "../../../support/runs.ts";

let folder: string;
const children = new Set<ChildProcess>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "langfuse-edge-lock-"));
});
afterEach(async () => {
  await Promise.all([...children].map((child) => ended(child)));
  children.clear();
  rmSync(folder, { recursive: true, force: true });
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

const PROGRAM = resolve("test/unit/serve/machine/lock-contender.ts");
const REFUSED = expect.stringContaining("another langfuse-edge runs on this data folder") as string;

interface Contender {
  /** Its answer; nothing where it was killed before. */
  tell: (what: "take" | "leave") => Promise<string | undefined>;
  kill: () => Promise<void>;
}

function contender(): Contender {
  const args = ["--no-warnings", PROGRAM, folder];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  children.add(child);
  // One that was killed reads no more.
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const tell = async (what: string): Promise<string | undefined> => {
    child.stdin.write(`${what}\n`);
    const { value } = (await lines.next()) as { value?: string };
    return value;
  };
  return { tell, kill: () => ended(child) };
}

/** The folder as one left it that was killed. */
async function leaveDead(): Promise<void> {
  const one = contender();
  expect(await one.tell("take")).toBe("held");
  await one.kill();
}

test("one at a time, and the next one after it", async () => {
  const first = await lockFolder(folder);
  expect(first.isHeld).toBe(true);
  await expect(lockFolder(folder)).rejects.toThrow(
    "another langfuse-edge runs on this data folder",
  );
  first.release();
  expect(existsSync(join(folder, "lock"))).toBe(false);
  const second = await lockFolder(folder);
  second.release();
});

test("a process that was killed holds nothing", async () => {
  const one = contender();
  expect(await one.tell("take")).toBe("held");
  await expect(lockFolder(folder)).rejects.toThrow("another langfuse-edge");
  await one.kill();
  expect(existsSync(join(folder, "lock"))).toBe(true);
  const mine = await lockFolder(folder);
  expect(mine.isHeld).toBe(true);
  mine.release();
});

test("however often it changes hands, little is left in the folder", async () => {
  for (let round = 0; round < 3; round += 1) {
    await leaveDead();
    (await lockFolder(folder)).release();
  }
  expect(readdirSync(folder)).toEqual(["locks"]);
  expect(readdirSync(join(folder, "locks"))).toEqual(["6"]);
});

describe("many at once", () => {
  const MANY = 8;

  test("one gets it, also where all find a dead one's", async () => {
    const all = Array.from({ length: MANY }, contender);
    for (let round = 0; round < runs(20); round += 1) {
      if (round % 4 === 0) await leaveDead();
      const said = await Promise.all(all.map(({ tell }) => tell("take")));
      const holder = said.indexOf("held");
      expect(said).toEqual(said.map((_, at) => (at === holder ? "held" : REFUSED)));
      expect(await all[holder]?.tell("leave")).toBe("left");
    }
  });

  test("at most one gets it where some are killed on their way, and then the next one", async () => {
    let all = Array.from({ length: MANY }, contender);
    for (let round = 0; round < runs(10); round += 1) {
      const answers = all.map(({ tell }) => tell("take"));
      const victims = all.filter((_, at) => at % 3 === round % 3);
      // Each round somewhere else on their way.
      for (let turn = 0; turn < round % 5; turn += 1) await new Promise(setImmediate);
      await Promise.all(victims.map(({ kill }) => kill()));
      const said = await Promise.all(answers);
      const living = all.filter((one) => !victims.includes(one));
      const holders = living.filter((one) => said[all.indexOf(one)] === "held");
      expect(holders.length).toBeLessThan(2);
      await holders[0]?.tell("leave");
      (await lockFolder(folder)).release();
      all = [...living, ...victims.map(() => contender())];
    }
  });
});

describe("an edge of an earlier version, which listens on `lock`", () => {
  const listenOn = async (path: string) => {
    const server = createServer((socket) => socket.destroy());
    server.listen(path);
    await once(server, "listening");
    return server;
  };

  test("is not run over, and what a dead one left is no hindrance", async () => {
    const path = join(folder, "lock");
    const earlier = await listenOn(path);
    await expect(lockFolder(folder)).rejects.toThrow("another langfuse-edge");
    // A socket whose name is another one now is left behind where its process is killed.
    renameSync(path, `${path}.kept`);
    earlier.close();
    await once(earlier, "close");
    renameSync(`${path}.kept`, path);
    const mine = await lockFolder(folder);
    expect(mine.isHeld).toBe(true);
    mine.release();
  });

  test("finds this one there", async () => {
    const mine = await lockFolder(folder);
    await expect(listenOn(join(folder, "lock"))).rejects.toThrow("EADDRINUSE");
    mine.release();
    (await listenOn(join(folder, "lock"))).close();
  });
});

test("what else lies in its folder is left alone", async () => {
  mkdirSync(join(folder, "locks"));
  for (const name of ["7", "notes.txt"]) writeFileSync(join(folder, "locks", name), "mine");
  for (let round = 0; round < 8; round += 1) (await lockFolder(folder)).release();
  expect(readdirSync(join(folder, "locks"))).toEqual(["15", "7", "notes.txt"]);
});

test("a copy of a folder that another one holds is held beside it", async () => {
  const mine = await lockFolder(folder);
  const copy = `${folder}-copy`;
  cpSync(folder, copy, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/\/s[0-9a-f]+$/.test(path),
  });
  (await lockFolder(copy)).release();
  mine.release();
  rmSync(copy, { recursive: true });
});

test("a path that no socket can have is named", async () => {
  const long = join(folder, "x".repeat(120));
  await expect(lockFolder(long)).rejects.toThrow("too long");
});
