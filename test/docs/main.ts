// `npm run docs:check`: the pages of the repository as they are.
import { existsSync, globSync, readFileSync } from "node:fs";
import { problemsOf } from "./check.ts";
import { compile } from "./compile.ts";

const PAGES = ["*.md", "llms.txt", "docs/**/*.md", ".github/**/*.md", "examples/**/*.md"];
const SOURCES = ["src/**/*.{ts,py}", "wrangler*.toml"];

function textsOf(patterns: string[]): Map<string, string> {
  const paths = globSync(patterns, { exclude: (path) => path.includes("node_modules") });
  return new Map(paths.toSorted().map((path) => [path, readFileSync(path, "utf8")]));
}

const pages = textsOf(PAGES);
const problems = problemsOf({ pages, sources: textsOf(SOURCES), exists: existsSync }, compile);
for (const problem of problems) console.error(problem);
const bytes = Buffer.byteLength(pages.get("README.md") ?? "");
console.log(`${pages.size} pages, README ${bytes} bytes, ${problems.length} problems`);
if (problems.length > 0) process.exitCode = 1;
