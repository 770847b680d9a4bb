// A Markdown page as what the checks look at. Pure. Not all of Markdown: what these pages use.

export interface Link {
  target: string;
  line: number;
}

export interface Block {
  /** As it stands behind the fence; empty where nothing does. */
  language: string;
  code: string;
  /** Of the fence, from 1. */
  line: number;
}

export interface Page {
  /** What a link can lead to in it, without `#`. */
  anchors: ReadonlySet<string>;
  links: readonly Link[];
  /** Files of the repository that it speaks of as code, such as `src/index.ts`. */
  files: readonly Link[];
  blocks: readonly Block[];
  /** A fence that nothing closes: all behind it would go unchecked. */
  openFence?: number;
}

const FENCE = /^\s*```(\S*)\s*$/;
const HEADING = /^#{1,6} +(.*?)\s*#*$/;
const CODE_SPAN = /(`+)(?:(?!\1)[^])*?\1/g;
const FILE = /^(?:src|test|docs|examples|\.ci|\.github)\/[\w./-]+$/;
const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
const HTML_LINK = /<[^>]+\s(?:href|src)="([^"]+)"/g;

export function readPage(text: string): Page {
  const links: Link[] = [];
  const files: Link[] = [];
  const blocks: Block[] = [];
  const slugs = new Slugs();
  let block: (Block & { lines: string[] }) | undefined;
  for (const [index, content] of text.split("\n").entries()) {
    const line = index + 1;
    const fence = FENCE.exec(content);
    if (block !== undefined) {
      if (fence?.[1] === "") {
        blocks.push({ language: block.language, code: block.lines.join("\n"), line: block.line });
        block = undefined;
      } else block.lines.push(content);
      continue;
    }
    if (fence !== null) {
      block = { language: fence[1] ?? "", code: "", line, lines: [] };
      continue;
    }
    const heading = HEADING.exec(content)?.[1];
    if (heading !== undefined) slugs.add(heading);
    for (const [span] of content.matchAll(CODE_SPAN)) {
      const target = span.replaceAll(/^`+|`+$/g, "");
      if (FILE.test(target)) files.push({ target, line });
    }
    const plain = content.replaceAll(CODE_SPAN, "");
    for (const pattern of [LINK, HTML_LINK]) {
      for (const [, target = ""] of plain.matchAll(pattern)) links.push({ target, line });
    }
  }
  return { anchors: slugs.all, links, files, blocks, ...(block && { openFence: block.line }) };
}

/** The anchors of headings, as GitHub makes them: a repeated one gets a number. */
class Slugs {
  readonly all = new Set<string>();
  readonly #times = new Map<string, number>();

  add(heading: string): void {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/[`*]/g, "");
    const slug = words
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    const times = this.#times.get(slug) ?? 0;
    this.#times.set(slug, times + 1);
    this.all.add(times === 0 ? slug : `${slug}-${times}`);
  }
}
