import { expect, test } from "vitest";
import { deadLinks, deadMentions } from "../../docs/dead-links.ts";
import { readPage } from "../../docs/page.ts";

function check(texts: Record<string, string>): string[] {
  const pages = new Map(Object.entries(texts).map(([path, text]) => [path, readPage(text)]));
  const files = new Set([...pages.keys(), "docs/picture.png", "src/index.ts", "docs"]);
  return deadLinks(pages, (path) => files.has(path));
}

test("links to pages, anchors, files and the web are alive", () => {
  const problems = check({
    "README.md":
      "# R\n[a](docs/a.md) [b](docs/a.md#b) [r](#r) [w](https://x.example/#y) [m](mailto:a@b.c)",
    "docs/a.md":
      "## B\n![p](picture.png) [up](../README.md#r) [s](../src/index.ts) [f](../docs) `src/index.ts` `src/` `GET /docs/x`",
  });
  expect(problems).toEqual([]);
});

test.each([
  ["[x](missing.md)", "docs/a.md:1: missing.md: there is no docs/missing.md"],
  ["[x](README.md)", "docs/a.md:1: README.md: there is no docs/README.md"],
  ["[x](../README.md#q)", "docs/a.md:1: ../README.md#q: README.md has no heading #q"],
  ["[x](#B)", "docs/a.md:1: #B: docs/a.md has no heading #B"],
  ["![p](pictures.png)", "docs/a.md:1: pictures.png: there is no docs/pictures.png"],
  ["[x](picture.png#q)", "docs/a.md:1: picture.png#q: docs/picture.png is no page with anchors"],
  ["[x](../../other)", "docs/a.md:1: ../../other: leads out of the repository"],
  ["`src/gone.ts`", "docs/a.md:1: there is no src/gone.ts"],
  ["[x](/docs/a.md)", "docs/a.md:1: /docs/a.md: leads out of the repository"],
])("%s is dead", (text, problem) => {
  expect(check({ "docs/a.md": `${text}\n\n## b`, "README.md": "" })).toEqual([problem]);
});

test("sources may speak of pages and sections that are there, and of no other", () => {
  const pages = new Map([["docs/a.md", readPage("## B")]]);
  expect(deadMentions("x.ts", "see docs/a.md#b, or docs/a.md.", pages)).toEqual([]);
  expect(deadMentions("x.ts", "see docs/a.md#c and README.md", pages)).toEqual([
    "x.ts: docs/a.md#c: docs/a.md has no heading #c",
    "x.ts: README.md: there is no such page",
  ]);
});
