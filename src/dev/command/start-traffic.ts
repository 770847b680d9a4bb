// Simulated users beside the Worker: a program of its own, which ends by itself, and when it is stopped or we die.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { AskedTraffic } from "./arguments.ts";

export function startTraffic(edge: string, { minutes, seed }: AskedTraffic): { stop: () => void } {
  const program = fileURLToPath(import.meta.resolve("../traffic/main.ts"));
  const args = ["--no-warnings", program, edge, String(minutes), String(seed)];
  // In a group of its own: Ctrl-C reaches us alone, and its standard input closes with us.
  const child = spawn(process.execPath, args, {
    stdio: ["pipe", "inherit", "inherit"],
    detached: true,
    env: { ...process.env, NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" },
  });
  child.stdin.on("error", () => undefined);
  child.on("error", () => undefined);
  return { stop: () => void child.stdin.end() };
}
