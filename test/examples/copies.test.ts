// What the examples repeat of the repository is the repository's.
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(path, "utf8");
const { version } = JSON.parse(read("package.json")) as { version: string };

test("each example installs the library as `npm pack` names it", () => {
  const named = globSync("examples/*/package.json").flatMap((path) => {
    const { dependencies = {} } = JSON.parse(read(path)) as {
      dependencies?: Record<string, string>;
    };
    return dependencies["langfuse-edge"] ?? [];
  });
  expect(named.length).toBeGreaterThan(1);
  expect(new Set(named)).toEqual(new Set([`file:../../langfuse-edge-${version}.tgz`]));
});

test("the Python example's standard library half is the demo's", () => {
  const file = "langfuse_otlp.py";
  expect(read(`examples/python-backend/${file}`)).toBe(read(`src/dev/demo/backend/${file}`));
});

test("each example has a README of about ten lines, whose files are there", () => {
  const readmes = globSync("examples/*/README.md");
  expect(readmes.length).toBe(globSync("examples/*/").length);
  for (const path of readmes) {
    const text = read(path);
    expect(text.split("\n").length, path).toBeLessThanOrEqual(14);
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      expect(globSync(`${path}/../${target}`), `${path}: ${target}`).toHaveLength(1);
    }
  }
});
