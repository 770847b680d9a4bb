// The options of the browser library, its reasons to drop something, the outcomes of a turn and the browsers
// that it promises are those on the page.
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkedOptions } from "../../../src/client/send/options.ts";

const page = readFileSync("docs/browser-library.md", "utf8");
const sources = globSync("src/client/**/*.ts").map((path) => readFileSync(path, "utf8"));

/** What the pattern's group finds in the one source file that has it. */
function inSource(pattern: RegExp): string {
  const found = sources.flatMap((text) => pattern.exec(text)?.[1] ?? []);
  expect(found).toHaveLength(1);
  return found[0] ?? "";
}

/** The names in the first column of the table that begins with this cell. */
function optionsOf(cell: string): string[] {
  const [, behind = ""] = page.split(`\n| ${cell} |`);
  const [, ...rows] = (behind.split("\n\n")[0] ?? "").split("\n");
  const cells = rows.map((row) => row.split(" | ")[0] ?? "");
  return cells.flatMap((cell) => Array.from(cell.matchAll(/`(\w+)`/g), ([, name = ""]) => name));
}

test("options of the client", () => {
  const known = Object.keys(checkedOptions({}));
  expect(optionsOf("`new LangfuseProxy({…})`").toSorted()).toEqual(known.toSorted());
});

test("options of a turn", () => {
  const body = inSource(/export interface TurnOptions \{([^]*?)\n\}/);
  const known = Array.from(body.matchAll(/^ {2}(\w+)\??:/gm), ([, name = ""]) => name);
  expect(known).toContain("client");
  expect(optionsOf("`tracedFetch({…})`, `traceChat({…})`, the hooks").toSorted()).toEqual(
    known.toSorted(),
  );
});

test("reasons to drop something", () => {
  const union = inSource(/export type DropReason =([^;]*);/);
  const known = Array.from(union.matchAll(/"(\w+)"/g), ([, name = ""]) => name);
  expect(known.length).toBeGreaterThan(5);
  const [, sentence = ""] = /Reasons, in Sentry's words: (.*)/.exec(page) ?? [];
  const told = Array.from(sentence.matchAll(/`(\w+)`/g), ([, name = ""]) => name);
  expect(told.toSorted()).toEqual(known.toSorted());
});

test("the oldest browsers", () => {
  const source = readFileSync("test/unit/client/browser-apis.test.ts", "utf8");
  const promised = /PROMISED = \{ chrome: ([\d.]+), firefox: ([\d.]+), safari: ([\d.]+) \}/;
  const told = /Chrome and Edge ([\d.]+), Firefox ([\d.]+), Safari ([\d.]+) and later/;
  const [, ...versions] = promised.exec(source) ?? [];
  expect(versions).toHaveLength(3);
  expect(told.exec(page)?.slice(1)).toEqual(versions);
});

test("outcomes of a turn", () => {
  const union = inSource(/export type Outcome =([^;]*);/);
  const known = Array.from(union.matchAll(/"(\w+)"/g), ([, name = ""]) => name);
  expect(known).toContain("abandoned");
  expect(optionsOf("`outcome`").toSorted()).toEqual(known.toSorted());
});
