// One life of the runtime: workerd as a child in a group of its own, so that a Ctrl-C in the terminal reaches the
// supervisor alone. A guard beside it kills it when the supervisor is gone, however that ended: nobody else would,
// and it would go on writing into the folder.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { SOCKETS } from "./runtime-config.ts";

export interface RuntimeOptions {
  program: string;
  /** Its configuration, as a file. */
  config: string;
  env: Readonly<Record<string, string>>;
  onLine: (line: string) => void;
}

export interface Listening {
  port: number;
  controlPort: number;
}

export interface RuntimeEnd {
  /** Its exit code, or the signal that ended it. */
  how: string;
  /** The last lines that it printed. */
  lastLines: string[];
}

export interface RuntimeLife {
  pid: number | undefined;
  /** Undefined where it ended before it listened. */
  listening: Promise<Listening | undefined>;
  ended: Promise<RuntimeEnd>;
  kill: (signal: "SIGTERM" | "SIGKILL") => void;
}

const CONTROL_FD = 3;
const KEPT_LINES = 20;
/** Reads until the supervisor's end of the pipe is closed, then kills. Of builtin commands alone. */
const GUARD = 'read -r _; kill -KILL "$0" 2>/dev/null';

export function startRuntime({ program, config, env, onLine }: RuntimeOptions): RuntimeLife {
  const args = ["serve", `--control-fd=${CONTROL_FD}`, "-I", "/", config, "config"];
  const child = spawn(program, args, {
    env,
    cwd: "/",
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const guard = child.pid === undefined ? undefined : guardOf(child.pid);
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream as Readable }).on("line", (line) => {
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      onLine(line);
    });
  }
  const ended = new Promise<RuntimeEnd>((resolve) => {
    const end = (how: string): void => {
      guard?.kill("SIGKILL");
      resolve({ how, lastLines });
    };
    child.once("error", (error) => end(error.message));
    // After its output was read to the end.
    child.once("close", (code, signal) => end(signal ?? String(code)));
  });
  const control = child.stdio[CONTROL_FD] as Readable;
  return {
    pid: child.pid,
    listening: Promise.race([listeningOn(control), ended.then(() => undefined)]),
    ended,
    kill: (signal) => void child.kill(signal),
  };
}

function guardOf(pid: number): ChildProcess {
  const guard = spawn("/bin/sh", ["-c", GUARD, String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: {},
    cwd: "/",
  });
  // Where there is no shell, or it was killed, all goes on without it.
  guard.on("error", () => undefined);
  guard.stdin?.on("error", () => undefined);
  guard.unref();
  return guard;
}

/** Once all its sockets listen. */
function listeningOn(control: Readable): Promise<Listening> {
  const ports = new Map<string, number>();
  return new Promise((resolve) => {
    control.on("error", () => undefined);
    createInterface({ input: control }).on("line", (line) => {
      const { socket = "", port = 0 } = JSON.parse(line) as { socket?: string; port?: number };
      ports.set(socket, port);
      const [http, own] = [ports.get(SOCKETS.http), ports.get(SOCKETS.control)];
      if (http !== undefined && own !== undefined) resolve({ port: http, controlPort: own });
    });
  });
}
