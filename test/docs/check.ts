// All that a set of pages must hold to, without a disk. Pure but for `compile`, which is an argument.
import { deadLinks, deadMentions, type Pages } from "./dead-links.ts";
import { type Example, examplesOf, jsonProblem } from "./examples.ts";
import { readPage } from "./page.ts";

/** A README that is longer is not read. */
export const MAX_README_BYTES = 10_240;

export interface Texts {
  /** By path from the root of the repository. */
  pages: ReadonlyMap<string, string>;
  /** Source files, whose messages and comments speak of pages. */
  sources: ReadonlyMap<string, string>;
  exists: (path: string) => boolean;
}

export function problemsOf(
  { pages: texts, sources, exists }: Texts,
  compile: (examples: readonly Example[]) => string[],
): string[] {
  const pages: Pages = new Map([...texts].map(([path, text]) => [path, readPage(text)]));
  const examples = examplesOf(pages);
  return [
    ...sizeProblems(texts.get("README.md") ?? ""),
    ...[...pages].flatMap(([path, { openFence }]) =>
      openFence === undefined ? [] : [`${path}:${openFence}: a fence that nothing closes`],
    ),
    ...deadLinks(pages, exists),
    ...[...sources].flatMap(([path, text]) => deadMentions(path, text, pages)),
    ...examples.flatMap((one) => (one.kind === "json" ? (jsonProblem(one) ?? []) : [])),
    ...compile(examples),
  ];
}

function sizeProblems(readme: string): string[] {
  const bytes = Buffer.byteLength(readme);
  if (bytes <= MAX_README_BYTES) return [];
  return [`README.md: ${bytes} bytes; at most ${MAX_README_BYTES}: the rest belongs in docs/`];
}
