// Where workerd is found, and how it is fetched: with an npm that only puts what is there already where it is asked to.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  findRuntime,
  isAsNew,
  WORKERD_VERSION,
} from "../../../../src/serve/machine/find-runtime.ts";

let root: string;
let said: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "langfuse-edge-runtime-"));
  said = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A folder in which a workerd of that version is installed. */
function installed(name: string, version: string): string {
  const folder = join(root, name);
  const where = join(folder, "node_modules/workerd");
  mkdirSync(where, { recursive: true });
  writeFileSync(join(where, "package.json"), '{"name":"workerd","main":"main.js"}');
  const path = join(where, "bin");
  writeFileSync(
    join(where, "main.js"),
    `module.exports = ${JSON.stringify({ default: path, version })};`,
  );
  return folder;
}

/** @param script of the npm that is on the PATH */
const find = (folders: string[], script = "exit 1") => {
  const bin = join(root, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "npm"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, "npm"), 0o755);
  const path = `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`;
  const env = { PATH: path, XDG_CACHE_HOME: join(root, "cache") };
  return findRuntime({ env, folders, say: (line) => said.push(line) });
};

test("it is the version that this project is tested with", () => {
  const text = readFileSync("node_modules/workerd/package.json", "utf8");
  expect((JSON.parse(text) as { version: string }).version).toBe(WORKERD_VERSION);
});

test.each(["docs/serve.md", "examples/own-machine/Dockerfile"])("%s says which", (path) => {
  const named = [...readFileSync(path, "utf8").matchAll(/workerd@([\d.]*\d)/g)];
  expect(named.length).toBeGreaterThan(0);
  expect(new Set(named.map(([, version]) => version))).toEqual(new Set([WORKERD_VERSION]));
});

test.each([
  ["1.20261023.1", true],
  ["1.20261023.10", true],
  ["1.20270101.0", true],
  ["2.0.0", true],
  ["1.20261022.9", false],
  ["1.20261023.0", false],
])("%s is new enough: %s", (version, expected) =>
  expect(isAsNew(version, "1.20261023.1")).toBe(expected),
);

test("the first one that is new enough is taken", async () => {
  const folders = [installed("old", "1.20200101.0"), installed("new", "1.20991231.0")];
  expect(await find(folders)).toMatchObject({ version: "1.20991231.0" });
  expect(said).toEqual([expect.stringContaining("is older than")]);
});

test("where there is none it is fetched once, and found from then on", async () => {
  const real = resolve("node_modules/workerd");
  const script = `[ "$1 $2" = "install --prefix" ] && mkdir -p "$3/node_modules" && ln -s ${real} "$3/node_modules/workerd"`;
  const runtime = await find([join(root, "nowhere")], script);
  expect(runtime.version).toBe(WORKERD_VERSION);
  expect(said).toEqual([expect.stringContaining(`fetching workerd ${WORKERD_VERSION}`)]);
  said = [];
  expect(await find([], "exit 1")).toEqual(runtime);
  expect(said).toEqual([]);
});

test("where it can't be fetched, the line to type is said", async () => {
  await expect(find([])).rejects.toThrow(`npm install workerd@${WORKERD_VERSION}`);
});

test("a broken installation is as none", async () => {
  const folder = join(root, "broken");
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  symlinkSync("/nowhere", join(folder, "node_modules/workerd"));
  await expect(find([folder])).rejects.toThrow("is missing");
});
