// The code of the pages that somebody may copy, as files that a compiler can read. Pure.
import type { Pages } from "./dead-links.ts";

export interface Example {
  /** Such as `docs/backends.md:42`. */
  where: string;
  kind: "ts" | "tsx" | "js" | "py" | "json";
  code: string;
}

const KINDS: Readonly<Record<string, Example["kind"]>> = {
  ts: "ts",
  typescript: "ts",
  tsx: "tsx",
  js: "js",
  javascript: "js",
  mjs: "js",
  py: "py",
  python: "py",
  json: "json",
};

/** Scripts of a page that have no `src`. */
const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g;

export function examplesOf(pages: Pages): Example[] {
  return [...pages].flatMap(([path, { blocks }]) =>
    blocks.flatMap(({ language, code, line }): Example[] => {
      const where = `${path}:${line}`;
      const kind = KINDS[language.toLowerCase()];
      if (kind !== undefined) return [{ where, kind, code }];
      if (language !== "html") return [];
      const scripts = Array.from(code.matchAll(INLINE_SCRIPT), ([, script = ""]) => script);
      return scripts.map((script) => ({ where, kind: "js", code: `${script}\nexport {};` }));
    }),
  );
}

/** JSON, or one JSON value a line; undefined where it is one of both. */
export function jsonProblem({ where, code }: Example): string | undefined {
  if (isJson(code)) return undefined;
  const broken = code.split("\n").find((line) => line.trim() !== "" && !isJson(line));
  return broken === undefined ? undefined : `${where}: no JSON: ${broken.slice(0, 60)}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
