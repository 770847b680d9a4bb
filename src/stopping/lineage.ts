// Who began this process: the parent, and above a shell that only runs one command, whoever began the shell. A package
// manager that is killed leaves its shell, and so the command below it, alive.
import { readFileSync } from "node:fs";

const SHELL_WITH_ONE_COMMAND = /^(?:\S*\/)?(?:ba|da|z|k)?sh\0-c\0/;

/** Process ids as one text, another one once any of them has ended. Without `/proc` it is the parent's alone. */
export function lineage(ppid: number = process.ppid, proc = "/proc"): string {
  try {
    if (!SHELL_WITH_ONE_COMMAND.test(readFileSync(`${proc}/${ppid}/cmdline`, "utf8"))) {
      return String(ppid);
    }
    // The name before it, in brackets, may have any character.
    const [, above = ""] = /\) \S (\d+) /.exec(readFileSync(`${proc}/${ppid}/stat`, "utf8")) ?? [];
    return `${ppid} ${above}`;
  } catch {
    return String(ppid);
  }
}
