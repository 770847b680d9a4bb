// The promises of the README, each with the test that holds it: the table in docs/architecture.md.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const plain = (text: string): string => text.replaceAll(/\s+/g, " ");
const readme = plain(readFileSync("README.md", "utf8"));
const [, section = ""] = readFileSync("docs/architecture.md", "utf8").split("## Promises");
const rows = section
  .split("\n")
  .filter((line) => line.startsWith('| "'))
  .map((line) => line.split(" | "));

test("there are as many as the README has made", () => {
  expect(rows.length).toBeGreaterThan(12);
});

describe.each(rows)("%s", (quoted, held = "") => {
  test("stands in the README", () => {
    const words = /^\| "(.+)"$/.exec(quoted)?.[1] ?? "";
    expect(readme).toContain(plain(words));
  });

  test("is held by tests that are there", () => {
    const files = Array.from(held.matchAll(/\]\(\.\.\/(test\/[^)]+)\)/g), ([, file]) => file ?? "");
    expect(files).not.toEqual([]);
    expect(files.filter((file) => !existsSync(join(file)))).toEqual([]);
  });
});
