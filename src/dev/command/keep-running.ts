// A program beside the Worker: started again when it dies, a few times, and surely gone when it is
// stopped. It gets its life from its standard input: when that closes, because we say so or because we
// died, it ends.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface Program {
  /** Its name in messages. */
  name: string;
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

export interface Kept {
  /** False where the machine has no such command. */
  possible: boolean;
  stop: () => Promise<void>;
}

const RESTARTS = 5;
const WAITS = { restartAfterMs: 500, killAfterMs: 3000 };

export function keepRunning(
  { name, command, args, env }: Program,
  say: (line: string) => void,
  { restartAfterMs, killAfterMs } = WAITS,
): Kept {
  let restarts = 0;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let child: ChildProcess;

  const start = (): void => {
    // In a group of its own: Ctrl-C reaches us alone, and we end it in order.
    child = spawn(command, args, { env, stdio: ["pipe", "ignore", "inherit"], detached: true });
    // A pipe to a program that just died says so; its end is seen anyway.
    child.stdin?.on("error", () => undefined);
    child.on("error", () => undefined);
    child.once("exit", (code, signal) => {
      if (stopping) return;
      restarts += 1;
      const again = restarts <= RESTARTS;
      say(`${name} ended (${signal ?? code}); ${again ? "starting it again" : "giving it up"}`);
      if (again) timer = setTimeout(start, restartAfterMs);
    });
    if (child.pid !== undefined) say(`${name} runs as process ${child.pid}`);
  };
  const running = (): boolean =>
    child.pid !== undefined && child.exitCode === null && child.signalCode === null;

  start();
  return {
    possible: running(),
    stop: async () => {
      stopping = true;
      clearTimeout(timer);
      if (!running()) return;
      const ended = once(child, "exit");
      child.stdin?.end();
      const killing = setTimeout(() => child.kill("SIGKILL"), killAfterMs);
      await ended;
      clearTimeout(killing);
    },
  };
}
