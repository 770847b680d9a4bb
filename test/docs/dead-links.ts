// Links that lead nowhere: to a file that is not there, or an anchor that no heading of it makes. Pure:
// what is on the disk is an argument. Addresses of the web are not asked.
import { posix } from "node:path";
import type { Page } from "./page.ts";

export type Pages = ReadonlyMap<string, Page>;

const ELSEWHERE = /^[a-z][a-z0-9+.-]*:|^\/\//i;

/** `exists`: is there such a file or folder, from the root of the repository. */
export function deadLinks(pages: Pages, exists: (path: string) => boolean): string[] {
  return [...pages].flatMap(([path, { links, files }]) => [
    ...links.flatMap(({ target, line }) => {
      const problem = ELSEWHERE.test(target) ? undefined : problemOf(path, target, pages, exists);
      return problem === undefined ? [] : [`${path}:${line}: ${target}: ${problem}`];
    }),
    ...files
      .filter(({ target }) => !exists(target))
      .map(({ target, line }) => `${path}:${line}: there is no ${target}`),
  ]);
}

function problemOf(
  from: string,
  target: string,
  pages: Pages,
  exists: (path: string) => boolean,
): string | undefined {
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? from : posix.join(posix.dirname(from), file);
  if (path.startsWith("../") || file.startsWith("/")) return "leads out of the repository";
  if (file !== "" && !exists(path)) return `there is no ${path}`;
  if (anchor === undefined) return undefined;
  const page = pages.get(path);
  if (page === undefined) return `${path} is no page with anchors`;
  return page.anchors.has(anchor) ? undefined : `${path} has no heading #${anchor}`;
}

const MENTION = /\b(?:docs\/)?[A-Za-z-]+\.md(?:#[a-z0-9-]+)?/g;

/** Pages and sections that a source file's text speaks of, such as `docs/backends.md#ids`. */
export function deadMentions(path: string, text: string, pages: Pages): string[] {
  return [...text.matchAll(MENTION)].flatMap(([mention]) => {
    const [page = "", anchor] = mention.split("#");
    const known = pages.get(page);
    if (known === undefined) return [`${path}: ${mention}: there is no such page`];
    if (anchor === undefined || known.anchors.has(anchor)) return [];
    return [`${path}: ${mention}: ${page} has no heading #${anchor}`];
  });
}
