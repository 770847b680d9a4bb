// Which files of `dist/assets` are served, with which headers: those of its `_headers`, as Cloudflare reads that
// file, and a content type. Pure.
import { extname } from "node:path";
import type { StaticFile } from "../host/static-files.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * By path, which for a page is its name without `.html`.
 * @param names files below the folder
 * @param rules text of `_headers`: a path, then indented lines `Name: value`
 */
export function staticFiles(names: readonly string[], rules: string): Record<string, StaticFile> {
  const byPath = headersIn(rules);
  const served = names.filter((name) => !/(?:^|\/)[_.]/.test(name));
  return Object.fromEntries(
    served.map((name) => {
      const type = TYPES[extname(name)] ?? "application/octet-stream";
      const path = `/${name.replace(/\.html$/, "")}`;
      return [path, { name, headers: { "content-type": type, ...byPath[path] } }];
    }),
  );
}

function headersIn(rules: string): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  let path = "";
  for (const line of rules.split("\n")) {
    const [, name, value] = /^\s+([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) {
      (found[path] ??= {})[name.toLowerCase()] = value.trim();
    } else if (line.trim() !== "") {
      path = line.trim();
    }
  }
  return found;
}
