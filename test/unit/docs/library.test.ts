// The options of the browser library, and its reasons to drop something, are those on the page.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkedOptions } from "../../../src/client/options.ts";

const page = readFileSync("docs/browser-library.md", "utf8");

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
  const source = readFileSync("src/client/turn-options.ts", "utf8");
  const [, body = ""] = /export interface TurnOptions \{([^]*?)\n\}/.exec(source) ?? [];
  const known = Array.from(body.matchAll(/^ {2}(\w+)\??:/gm), ([, name = ""]) => name);
  expect(known).toContain("client");
  expect(optionsOf("`tracedFetch({…})`, `traceChat({…})`, the hooks").toSorted()).toEqual(
    known.toSorted(),
  );
});

test("reasons to drop something", () => {
  const source = readFileSync("src/client/types.ts", "utf8");
  const [, union = ""] = /export type DropReason =([^;]*);/.exec(source) ?? [];
  const known = Array.from(union.matchAll(/"(\w+)"/g), ([, name = ""]) => name);
  expect(known.length).toBeGreaterThan(5);
  const [, sentence = ""] = /Reasons, in Sentry's words: (.*)/.exec(page) ?? [];
  const told = Array.from(sentence.matchAll(/`(\w+)`/g), ([, name = ""]) => name);
  expect(told.toSorted()).toEqual(known.toSorted());
});
