// An edge in a process of its own: `node edge-child.ts <options as JSON>` prints its address (and its
// inspector's, if there is one), then its log.
import { readFileSync } from "node:fs";
import { startEdge } from "../support/edge-process.ts";

export interface EdgeChildOptions {
  persist: string;
  vars: Record<string, string>;
  /** The module around the built Worker. */
  around: string;
  /** Its isolates can be looked into. */
  inspected: boolean;
  /** The Worker itself, where it is another than the built one. */
  built?: string;
}

const { persist, vars, around, inspected, built } = JSON.parse(
  process.argv[2] ?? "{}",
) as EdgeChildOptions;
/** What is logged before the address is told is told after it. */
let early: string[] | undefined = [];
const tell = (line: string): void => {
  const text = `${new Date().toISOString()} ${line}\n`;
  if (early === undefined) process.stdout.write(text);
  else early.push(text);
};
const { url, inspector } = await startEdge({
  vars,
  persist,
  inspected,
  around: readFileSync(around, "utf8"),
  ...(built !== undefined && { built: readFileSync(built, "utf8") }),
  onLog: tell,
});
process.stdout.write([`${url} ${inspector?.href ?? ""}\n`, ...early].join(""));
early = undefined;
// It does not outlive whoever started it, however that ended.
process.stdin.resume().once("end", () => process.exit());
