// The mark by which an open page tells its own build from the one that the edge serves: in the page's head, made of all
// its files. Pure.
const MARK = /<meta name="build" content="([\w-]*)"/;

export function markBuild(html: string, build: string): string {
  if (!MARK.test(html)) throw new Error("the page has no place for its build");
  return html.replace(MARK, `<meta name="build" content="${build}"`);
}

/** Undefined where none is told: by a version from before, or a login wall. */
export function buildIn(html: string): string | undefined {
  const [, build = ""] = MARK.exec(html) ?? [];
  return build === "" ? undefined : build;
}
