// The check of the pages on pages that are wrong: each mistake is found, with its place.
import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { MAX_README_BYTES, problemsOf } from "../../docs/check.ts";
import { compile } from "../../docs/compile.ts";
import { examplesOf } from "../../docs/examples.ts";
import { readPage } from "../../docs/page.ts";

const block = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\``;

function check(texts: Record<string, string>): string[] {
  const pages = new Map(Object.entries(texts));
  return problemsOf({ pages, sources: new Map(), exists: (path) => pages.has(path) }, compile);
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const IMPORTS = `import { LangfuseProxy } from "langfuse-edge/client";`;

test("examples that compile are fine", () => {
  const text = [
    block("ts", `${IMPORTS}\nexport const client = new LangfuseProxy({ sessionId: "s" });`),
    block(
      "tsx",
      `import { useTracing } from "langfuse-edge/react";\nexport const X = () => <p>{String(useTracing)}</p>;`,
    ),
    block("js", `export const add = (a, b) => a + b;`),
    block("python", "def add(a: int) -> int:\n    return a + 1"),
    block("html", `<script src="x.js"></script>\n<script>\n  LangfuseEdge.uiTraceId();\n</script>`),
    block("json", `{"a":1}\n{"b":2}`),
    block("sh", "not looked at ("),
  ];
  expect(check({ "README.md": text.join("\n") })).toEqual([]);
});

const BROKEN: [language: string, code: string, problem: string][] = [
  ["ts", `${IMPORTS}\nnew LangfuseProxy({ endpont: "/x" });`, "4: error TS2561"],
  ["ts", `import { nothing } from "langfuse-edge/chat";\nnothing();`, "3: error TS2459"],
  ["tsx", "export const X = (): number => <p />;", "3: error TS2322"],
  ["js", "export const f = () => missing;", "3: error TS2304"],
  ["js", `import { x } from "no-such-package";\nx();`, "3: error TS2307"],
  ["html", "<script>LangfuseEdge.nothing()</script>", "3: error TS2339"],
  ["python", "def broken(:\n    pass", "2: line 1: "],
  ["json", `{"a":1}\n{"b":2`, `2: no JSON: {"b":2`],
];

describe("an example that does not compile is found", () => {
  let problems: string[];
  beforeAll(() => {
    const pages = BROKEN.map(
      ([language, code], index) => [`${index}.md`, `# A\n${block(language, code)}`] as const,
    );
    problems = check({ "README.md": "", ...Object.fromEntries(pages) });
  });

  test.each(BROKEN.map((one, index) => [...one, index] as const))(
    "in %s: %s",
    (language, _code, problem, index) => {
      const found = problems.filter((text) => text.startsWith(`${index}.md:`));
      expect(found).toHaveLength(language === "python" && !hasPython ? 0 : 1);
      for (const text of found) expect(text).toContain(`${index}.md:${problem}`);
    },
  );
});

test("a README that is too long is found", () => {
  expect(check({ "README.md": "a".repeat(MAX_README_BYTES) })).toEqual([]);
  // Bytes, not characters.
  expect(check({ "README.md": "ä".repeat(MAX_README_BYTES / 2 + 1) })).toEqual([
    "README.md: 10242 bytes; at most 10240: the rest belongs in docs/",
  ]);
});

test("a dead link and an open fence are found", () => {
  expect(check({ "README.md": "[x](x.md)\n```ts" })).toEqual([
    "README.md:2: a fence that nothing closes",
    "README.md:1: x.md: there is no x.md",
  ]);
});

test("of HTML the inline scripts are examples, and nothing else", () => {
  const html = `<script src="a.js"></script><p>x</p><script type="module">one</script><script>two</script>`;
  const pages = new Map([["a.md", readPage(block("html", html))]]);
  expect(examplesOf(pages).map(({ kind, code }) => [kind, code.split("\n")[0]])).toEqual([
    ["js", "one"],
    ["js", "two"],
  ]);
});
