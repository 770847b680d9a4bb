// The machine that the command runs on: other programs, and the person at its terminal.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandError, EXIT } from "./exit-codes.ts";
import type { Machine } from "./shell.ts";

export function thisMachine(): Machine {
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY;
  return {
    // From `dist/cli/main.js`, and from the source alike.
    packageFolder: join(fileURLToPath(import.meta.url), "../../.."),
    folder: process.cwd(),
    nodeMajor: Number(process.versions.node.split(".")[0]),
    wait: (ms) =>
      new Promise((resolve) => {
        setTimeout(resolve, ms);
      }),
    spawn: ([program = "", ...args], { folder, env }) =>
      new Promise((resolve, reject) => {
        const child = spawn(program, args, {
          cwd: folder,
          env: { ...process.env, ...env },
          stdio: ["inherit", "pipe", "pipe"],
        });
        let said = "";
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding("utf8").on("data", (text: string) => {
            said += text;
            process.stderr.write(text);
          });
        }
        child.on("error", reject);
        child.on("close", (code) => resolve({ code: code ?? 1, said }));
      }),
    ...(isTerminal && { ask }),
  };
}

async function ask(question: string, { hidden = false } = {}): Promise<string> {
  const output = hidden
    ? new Writable({ write: (_chunk, _encoding, done) => done() })
    : process.stderr;
  if (hidden) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.question(hidden ? "" : question, resolve);
      // Ctrl-C, or the end of the input.
      for (const end of ["SIGINT", "close"]) {
        lines.once(end, () =>
          reject(new CommandError(EXIT.usage, "given up, and nothing was done")),
        );
      }
    });
  } finally {
    lines.close();
    if (hidden) process.stderr.write("\n");
  }
}
