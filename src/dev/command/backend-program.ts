import { fileURLToPath } from "node:url";
import type { BackendId } from "../demo/backends.ts";
import type { Program } from "./keep-running.ts";

const COMMANDS: Record<BackendId, readonly [command: string, file: string]> = {
  node: [process.execPath, "node.ts"],
  python: ["python3", "python_backend.py"],
};

/** The program of a backend that is to listen there. */
export function backendProgram(id: BackendId, port: number, env: Program["env"]): Program {
  const [command, file] = COMMANDS[id];
  const path = fileURLToPath(import.meta.resolve(`../demo/backend/${file}`));
  return { name: `the ${id} backend`, command, args: [path, String(port)], env };
}
