// Lives of a runtime, as the supervisor sees them: runtimes that end, and time that passes, when a test says so.
import { expect, test } from "vitest";
import type { LogRecord } from "../../../../src/serve/log-line.ts";
import type {
  Listening,
  RuntimeEnd,
  RuntimeLife,
} from "../../../../src/serve/runtime/runtime-process.ts";
import { supervise } from "../../../../src/serve/runtime/supervise.ts";

/** What happens one after the other, to be awaited by its number. */
function steps<T>() {
  const all: T[] = [];
  const waiting = new Map<number, (one: T) => void>();
  const add = (one: T): void => {
    all.push(one);
    waiting.get(all.length - 1)?.(one);
  };
  const at = async (n: number): Promise<T> =>
    all[n] ?? new Promise((resolve) => waiting.set(n, resolve));
  return { all, add, at };
}

interface Life {
  port: number | undefined;
  listen: (port: number) => void;
  end: (how: string, ...lines: string[]) => void;
  killed: string[];
}

function world({ obeys = true } = {}) {
  const lives = steps<Life>();
  const sleeps = steps<{ ms: number; wake: () => void }>();
  const log: LogRecord[] = [];
  const drained: number[] = [];
  const [stop, atOnce] = [new AbortController(), new AbortController()];
  const done = supervise({
    start: (port): RuntimeLife => {
      const listening = Promise.withResolvers<Listening | undefined>();
      const ended = Promise.withResolvers<RuntimeEnd>();
      const killed: string[] = [];
      const end = (how: string, ...lastLines: string[]): void => {
        listening.resolve(undefined);
        ended.resolve({ how, lastLines });
      };
      lives.add({
        port,
        killed,
        end,
        listen: (port) => listening.resolve({ port, controlPort: port + 1 }),
      });
      return {
        pid: lives.all.length,
        listening: listening.promise,
        ended: ended.promise,
        kill: (signal) => {
          killed.push(signal);
          if (obeys || signal === "SIGKILL") end(signal);
        },
      };
    },
    drain: async (port) => void drained.push(port),
    onListening: () => undefined,
    stop: stop.signal,
    atOnce: atOnce.signal,
    log: (record) => log.push(record),
    now: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        signal?.addEventListener("abort", () => resolve());
        sleeps.add({ ms, wake: resolve });
      }),
  });
  return { lives, sleeps, log, drained, stop, atOnce, done };
}

test("a life that ends by itself is followed by another one, on the same port", async () => {
  const { lives, sleeps, log, stop, done } = world();
  const first = await lives.at(0);
  expect(first.port).toBeUndefined();
  first.listen(4000);
  first.end("SIGSEGV");
  const rest = await sleeps.at(0);
  expect(rest.ms).toBe(200);
  rest.wake();
  const second = await lives.at(1);
  expect(second.port).toBe(4000);
  expect(log).toEqual([{ level: "error", event: "runtime_ended", how: "SIGSEGV", restartMs: 200 }]);
  second.listen(4000);
  stop.abort();
  await done;
  expect(second.killed).toEqual(["SIGTERM"]);
});

test("one that is told to stop settles first, and is killed if it does not end", async () => {
  const { lives, sleeps, log, drained, stop, done } = world({ obeys: false });
  (await lives.at(0)).listen(4000);
  stop.abort();
  const patience = await sleeps.at(0);
  expect([drained, lives.all[0]?.killed, patience.ms]).toEqual([[4001], ["SIGTERM"], 2500]);
  patience.wake();
  await done;
  expect(drained).toEqual([4001]);
  expect(lives.all[0]?.killed).toEqual(["SIGTERM", "SIGKILL"]);
  expect(log.map(({ event }) => event)).toEqual(["runtime_killed"]);
});

test("told twice, it waits for nothing", async () => {
  const { lives, stop, atOnce, done } = world({ obeys: false });
  (await lives.at(0)).listen(4000);
  stop.abort();
  atOnce.abort();
  await done;
  expect(lives.all[0]?.killed).toEqual(["SIGTERM", "SIGKILL"]);
});

test("one that never listens is given up, with its own last words", async () => {
  const { lives, sleeps, done } = world();
  const failed = expect(done).rejects.toThrow(/can't be started \(1\)\nno such file/);
  for (const n of [0, 1, 2]) {
    (await lives.at(n)).end("1", "no such file");
    if (n < 2) (await sleeps.at(n)).wake();
  }
  await failed;
  expect(lives.all).toHaveLength(3);
});

test("told to stop before it listens, it ends", async () => {
  const { lives, drained, stop, done } = world();
  const first = await lives.at(0);
  stop.abort();
  await done;
  expect([first.killed, drained]).toEqual([["SIGTERM"], []]);
});

test("told to stop while it waits to start again, it ends", async () => {
  const { lives, sleeps, stop, done } = world();
  const first = await lives.at(0);
  first.listen(4000);
  first.end("1");
  await sleeps.at(0);
  stop.abort();
  await done;
  expect(lives.all).toHaveLength(1);
});
