// What the system tells of a process: its children, its processor time, its memory. Linux only;
// elsewhere nothing is told.
import { readdirSync, readFileSync } from "node:fs";

const PROC = "/proc";
/** Linux counts processor time in hundredths of a second, on every usual build. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;

function read(path: string): string | undefined {
  try {
    return readFileSync(`${PROC}/${path}`, "utf8");
  } catch {
    return undefined;
  }
}

/** The fields behind the name, which may itself hold blanks and brackets. */
function statOf(pid: number): { name: string; fields: string[] } | undefined {
  const text = read(`${pid}/stat`);
  if (text === undefined) return undefined;
  const end = text.lastIndexOf(")");
  return { name: text.slice(text.indexOf("(") + 1, end), fields: text.slice(end + 2).split(" ") };
}

export function childrenOf(parent: number, name: string): number[] {
  let entries: string[] = [];
  try {
    entries = readdirSync(PROC);
  } catch {
    return [];
  }
  return entries
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      const stat = statOf(pid);
      return stat?.name === name && Number(stat.fields[1]) === parent;
    });
}

/** Processor time used so far, user and system, ms. */
export function cpuMsOf(pid: number | undefined): number | undefined {
  const fields = pid === undefined ? undefined : statOf(pid)?.fields;
  return fields && (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident memory, bytes. */
export function memoryOf(pid: number | undefined): number | undefined {
  const statm = pid === undefined ? undefined : read(`${pid}/statm`);
  return statm === undefined ? undefined : Number(statm.split(" ")[1]) * PAGE_BYTES;
}
