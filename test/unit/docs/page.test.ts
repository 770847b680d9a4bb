import { expect, test } from "vitest";
import { readPage } from "../../docs/page.ts";

test("headings become anchors as GitHub makes them", () => {
  const headings = [
    "# AI SDK, useChat",
    "## What it *costs*, `really`",
    "## On a [route](deploy.md) of your own site",
    "### Größe & Preis",
    "## Twice",
    "## Twice ##",
    "####### none",
    "#none",
  ];
  expect([...readPage(headings.join("\n")).anchors]).toEqual([
    "ai-sdk-usechat",
    "what-it-costs-really",
    "on-a-route-of-your-own-site",
    "größe--preis",
    "twice",
    "twice-1",
  ]);
});

test("links are found with their line: in text, around a picture, in tables and in HTML", () => {
  const text = [
    "See [a](a.md) and [b](b.md#x 'no title') or [c](<c.md>).",
    '| [![picture](p.png)](https://x.example) | [t](t.md "Title") |',
    '<img alt="" src="i.svg"> <a href="h.md">h</a>',
  ].join("\n");
  expect(readPage(text).links.map(({ target, line }) => `${line} ${target}`)).toEqual([
    "1 a.md",
    "1 c.md",
    "2 p.png",
    "2 https://x.example",
    "2 t.md",
    "3 i.svg",
    "3 h.md",
  ]);
});

test("code has neither links nor headings", () => {
  const page = readPage("`[a](a.md)` and ``[b](`b.md`)``\n```sh\n# not a heading\n[c](c.md)\n```");
  expect(page.links).toEqual([]);
  expect([...page.anchors]).toEqual([]);
});

test("blocks are found with language, code and line", () => {
  expect(readPage("a\n```ts\nx\n\ny\n```\n```\nz\n```").blocks).toEqual([
    { language: "ts", code: "x\n\ny", line: 2 },
    { language: "", code: "z", line: 7 },
  ]);
});

test("a fence that nothing closes is told", () => {
  expect(readPage("a\n```ts\nx\n").openFence).toBe(2);
  expect(readPage("a\n```ts\nx\n```").openFence).toBeUndefined();
});
