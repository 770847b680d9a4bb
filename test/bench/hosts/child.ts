// A process of its own, and calls to it as plain data. What is measured, what loads it and what
// measures never share an event loop.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

// oxlint-disable-next-line typescript/no-explicit-any -- any call with any arguments
export type Calls = Record<string, (...given: any[]) => Promise<unknown>>;

interface Ask {
  id: number;
  name: string;
  given: unknown[];
}
interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

export interface Child<C extends Calls> {
  pid: number;
  call<K extends keyof C & string>(name: K, ...given: Parameters<C[K]>): ReturnType<C[K]>;
  stop(): Promise<void>;
}

/** @param file beside this one, or relative to it */
export function startChild<C extends Calls>(file: string, execArgv: string[] = []): Child<C> {
  const path = join(import.meta.dirname, file);
  const child = fork(path, [], { execArgv: ["--no-warnings", ...execArgv] });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let asked = 0;
  child.on("message", ({ id, value, error }: Answer) => {
    const answer = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) answer?.resolve(value);
    else answer?.reject(new Error(error));
  });
  child.on("exit", () => {
    for (const answer of waiting.values()) answer.reject(new Error(`${file} has ended`));
    waiting.clear();
  });
  return {
    pid: child.pid ?? 0,
    call: (name, ...given) => {
      asked += 1;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(asked, answer);
      child.send({ id: asked, name, given } satisfies Ask);
      return answer.promise as ReturnType<C[typeof name]>;
    },
    stop: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  // The child leaves by itself when its parent has hung up, after its own tidying.
  if (child.connected) child.disconnect();
  const patience = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(patience);
}

/** In the child: answers calls until the parent hangs up, then tidies up and ends. */
export function answerCalls(calls: Calls, tidy: () => Promise<void> = async () => {}): void {
  process.on("message", ({ id, name, given }: Ask) => {
    const call = calls[name];
    const work = call === undefined ? Promise.reject(new Error(`no call ${name}`)) : call(...given);
    work.then(
      (value) => process.send?.({ id, value } satisfies Answer),
      (error: unknown) => {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.send?.({ id, error: text } satisfies Answer);
      },
    );
  });
  process.on("disconnect", () => {
    void tidy().finally(() => process.exit(0));
  });
}
