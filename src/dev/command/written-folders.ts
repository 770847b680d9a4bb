// Whether the command may write where it has to, asked before anything is started: the build's own words, sixty lines
// around an EACCES, would help nobody. Pure; what the file system says comes as functions.
import { dirname } from "node:path";

/** Within the clone: what wrangler's build makes, and what the Worker keeps. */
export const WRITTEN_FOLDERS = [
  "dist/assets",
  "dist/dev-assets",
  ".wrangler/state",
  ".wrangler/tmp",
];

export interface FolderProbe {
  exists: (path: string) => boolean;
  /** Whether it is a folder in which this user may make files. */
  isWritable: (path: string) => boolean;
}

/** The first folder that stands in the way; where one is not there yet, the one in which it would be made. */
export function refusedFolder(
  folders: readonly string[],
  { exists, isWritable }: FolderProbe,
): string | undefined {
  for (const folder of folders) {
    let nearest = folder;
    while (nearest !== "." && !exists(nearest)) nearest = dirname(nearest);
    if (!isWritable(nearest)) return nearest;
  }
  return undefined;
}
