// Another version of the edge, as changes to its sources: what a later or earlier one may differ in. Pure.

export interface Change {
  /** The source's path ends so. */
  file: string;
  /** What must be found once in it, and what stands in its place. */
  pattern: RegExp;
  replacement: string;
}

export interface Version {
  name: string;
  changes: readonly Change[];
}

const bound = (name: string, value: string): Change => ({
  file: "/session/bounds.ts",
  pattern: new RegExp(`export const ${name} = [^;]+;`),
  replacement: `export const ${name} = ${value};`,
});

/** Other bounds of the session, each of which decides when or how records are sealed and sent. */
export const OTHER_BOUNDS: Version = {
  name: "other-bounds",
  changes: [
    bound("GRACE_MS", "3_000"),
    bound("GAP_WAIT_MS", "1_000"),
    bound("LATE_WAIT_MS", "500"),
    bound("FLUSH_SIZE", "64_000"),
    bound("CLAIM_TTL_MS", "20_000"),
  ],
};

const written = (format: string): Change => ({
  file: "/journal/migrations.ts",
  pattern: /return origins\.size > 0 \? FORMAT_VERSION : FIRST_VERSION;/,
  replacement: `return ${format};`,
});
const known = (format: string): Change => ({
  file: "/journal/migrations.ts",
  pattern: /version > FIRST_VERSION \+ steps\.length/,
  replacement: `version > ${format}`,
});

/** A later journal format: like this one, which this version can't know. */
export const LATER_FORMAT: Version = {
  name: "later-format",
  changes: [written("FORMAT_VERSION + 1"), known("FORMAT_VERSION + 1")],
};

/** A version from before complete spans: it passes over their entries, as the first release does. */
export const BEFORE_SPANS: Version = {
  name: "before-spans",
  changes: [
    written("FIRST_VERSION"),
    known("FIRST_VERSION"),
    {
      file: "/journal/entries.ts",
      pattern: /return took\(state, entry\.bytes, foldSpans\(state, entry\.spans, gate\)\);/,
      replacement: "return [];",
    },
  ],
};

/** The source as that version has it. */
export function changedSource(source: string, path: string, { changes }: Version): string {
  let changed = source;
  for (const { file, pattern, replacement } of changes) {
    if (!path.endsWith(file)) continue;
    const found = [...changed.matchAll(new RegExp(pattern, "g"))].length;
    if (found !== 1) throw new Error(`${pattern} is found ${found} times in ${file}`);
    changed = changed.replace(pattern, replacement);
  }
  return changed;
}
