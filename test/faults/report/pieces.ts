// Results of a run in pieces, kept in a file: of each variant the last one.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Result } from "./result.ts";

/** Without what is only for whoever looks for a cause. */
export type KeptResult = Omit<Result, "log" | "story">;

const fileIn = (folder: string): string => join(folder, "results.json");

export function keptIn(folder: string): KeptResult[] {
  const file = fileIn(folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as KeptResult[]) : [];
}

export function keep(folder: string, { log: _log, story: _story, ...result }: Result): void {
  const others = keptIn(folder).filter(
    ({ scenario, variant }) => scenario !== result.scenario || variant !== result.variant,
  );
  writeFileSync(fileIn(folder), JSON.stringify([...others, result], null, 2));
}
