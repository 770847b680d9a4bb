// The runtime's own process, as the system sees it (Linux).
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The youngest workerd that this process has started. */
export function runtimeOf(parent: number): number {
  const found = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        const [, name, rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(stat) ?? [];
        return name === "workerd" && rest.split(" ")[1] === String(parent);
      } catch {
        // It has ended meanwhile.
        return false;
      }
    })
    .map(Number);
  const pid = found.at(-1);
  if (pid === undefined) throw new Error("no workerd runs");
  return pid;
}

/** Resident memory, MB. */
export function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const [, kb] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
  return Math.round(Number(kb) / 1024);
}

/** Durable Objects that it holds in memory: of each the database is open. */
export function openObjectsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  const databases = readdirSync(folder).flatMap((fd) => {
    try {
      const [, database] = /^(.*)\.sqlite/.exec(readlinkSync(`${folder}/${fd}`)) ?? [];
      return database === undefined ? [] : [database];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
  return new Set(databases).size;
}
