// Files of objects that have deleted themselves: the runtime leaves a database of one page behind, which holds no
// table. Removed at the start, while nobody has them open.
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const PAGE_BYTES = 4096;
const ALARMS = "metadata.sqlite";

/** How many were removed. @param objects the folder that has one for each class */
export function removeEmptyObjects(objects: string): number {
  let removed = 0;
  for (const kind of readdirSync(objects)) {
    const folder = join(objects, kind);
    const names = new Set(readdirSync(folder));
    for (const name of names) {
      // What a log beside it holds is not in it yet.
      const hasLog = names.has(`${name}-wal`) || names.has(`${name}-journal`);
      if (!name.endsWith(".sqlite") || name === ALARMS || hasLog) continue;
      const file = join(folder, name);
      if (statSync(file).size > PAGE_BYTES) continue;
      rmSync(file);
      removed += 1;
    }
  }
  return removed;
}
