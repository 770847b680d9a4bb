import { expect, it } from "vitest";
import { refusedFolder, WRITTEN_FOLDERS } from "../../../../src/dev/command/written-folders.ts";

const probe = (there: readonly string[], writable: readonly string[]) => ({
  exists: (path: string) => there.includes(path),
  isWritable: (path: string) => writable.includes(path),
});

it.each([
  ["a fresh clone", [], ["."], undefined],
  ["a fresh clone of somebody else", [], [], "."],
  [
    "folders of a run before, in a clone of somebody else",
    WRITTEN_FOLDERS,
    WRITTEN_FOLDERS,
    undefined,
  ],
  ["a dist that root has built", ["dist"], ["."], "dist"],
  [
    "data that root has left",
    [".wrangler", ".wrangler/state"],
    [".", ".wrangler"],
    ".wrangler/state",
  ],
])("of %s", (_, there, writable, refused) => {
  expect(refusedFolder(WRITTEN_FOLDERS, probe(there, writable))).toBe(refused);
});
