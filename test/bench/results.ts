// What was measured, as JSON: on what machine, and each question's raw results. No path of the
// machine, no name of it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { dirname } from "node:path";

export interface Result {
  when: string;
  rounds: number;
  seconds: number;
  raw?: unknown;
  /** Why there is none. */
  error?: string;
}

export interface Results {
  machine: {
    cpu: string;
    cores: number;
    memoryGb: number;
    platform: string;
    node: string;
    workerd: string;
  };
  questions: Record<string, Result>;
}

export const LAST_RUN = "dist/bench/results.json";
export const ACCEPTED = "test/bench/results.json";

export function newResults(): Results {
  const { version } = createRequire(import.meta.url)("workerd/package.json") as { version: string };
  const all = cpus();
  return {
    machine: {
      cpu: (all[0]?.model ?? "unknown").trim(),
      cores: all.length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      platform: `${process.platform} ${process.arch}`,
      node: process.versions.node,
      workerd: version,
    },
    questions: {},
  };
}

export function readResults(path: string): Results | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Results) : undefined;
}

/** Numbers to five digits: the rest is noise, and the file is read by people. */
const short = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;

export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, short, 2)}\n`);
}
