// The processes below one, which a kill of it alone would leave behind.
import { execFileSync } from "node:child_process";

/** `table`: lines of a process id and its parent's. The nearest first, without the process itself. */
export function below(pid: number, table: string): number[] {
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/, 2).map(Number));
  const found = [pid];
  for (const above of found) {
    for (const [id = 0, parent] of rows)
      if (parent === above && !found.includes(id)) found.push(id);
  }
  return found.slice(1);
}

/** As it is now; empty where the machine has no `ps`. */
export function processTable(): string {
  try {
    return execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  } catch {
    return "";
  }
}

/** Kills a process and all below it. */
export function killTree(pid: number): void {
  for (const id of [pid, ...below(pid, processTable())]) {
    try {
      process.kill(id, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
}
