// Lives of a runtime, as the supervisor sees them: runtimes that end when a test says so.
import { expect, test } from "vitest";
import type { LogRecord } from "../../../../src/serve/log-line.ts";
import type {
  Listening,
  RuntimeEnd,
  RuntimeLife,
} from "../../../../src/serve/runtime/runtime-process.ts";
import { supervise } from "../../../../src/serve/runtime/supervise.ts";

interface Life {
  port: number | undefined;
  listen: (port: number) => void;
  end: (how: string, ...lines: string[]) => void;
  killed: string[];
}

function world({ obeys = true } = {}) {
  const lives: Life[] = [];
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
      lives.push({
        port,
        killed,
        end,
        listen: (port) => listening.resolve({ port, controlPort: port + 1 }),
      });
      return {
        pid: lives.length,
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
  });
  return { lives, log, drained, stop, atOnce, done };
}

const lifeOf = async (lives: readonly Life[], n: number): Promise<Life> => {
  for (;;) {
    const life = lives[n];
    if (life !== undefined) return life;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

test("a life that ends by itself is followed by another one, on the same port", async () => {
  const { lives, log, stop, done } = world();
  const first = await lifeOf(lives, 0);
  expect(first.port).toBeUndefined();
  first.listen(4000);
  first.end("SIGSEGV");
  const second = await lifeOf(lives, 1);
  expect(second.port).toBe(4000);
  expect(log).toEqual([{ level: "error", event: "runtime_ended", how: "SIGSEGV", restartMs: 200 }]);
  second.listen(4000);
  stop.abort();
  await done;
  expect(second.killed).toEqual(["SIGTERM"]);
});

test("one that is told to stop settles first, and is killed if it does not end", async () => {
  const { lives, log, drained, stop, done } = world({ obeys: false });
  (await lifeOf(lives, 0)).listen(4000);
  stop.abort();
  await done;
  expect(drained).toEqual([4001]);
  expect(lives[0]?.killed).toEqual(["SIGTERM", "SIGKILL"]);
  expect(log.map(({ event }) => event)).toEqual(["runtime_killed"]);
});

test("told twice, it waits for nothing", async () => {
  const { lives, stop, atOnce, done } = world({ obeys: false });
  (await lifeOf(lives, 0)).listen(4000);
  const began = Date.now();
  stop.abort();
  atOnce.abort();
  await done;
  expect(lives[0]?.killed).toEqual(["SIGTERM", "SIGKILL"]);
  expect(Date.now() - began).toBeLessThan(2000);
});

test("one that never listens is given up, with its own last words", async () => {
  const { lives, done } = world();
  const failed = expect(done).rejects.toThrow(/can't be started \(1\)\nno such file/);
  for (const n of [0, 1, 2]) (await lifeOf(lives, n)).end("1", "no such file");
  await failed;
  expect(lives).toHaveLength(3);
});

test("told to stop before it listens, it ends", async () => {
  const { lives, drained, stop, done } = world();
  const first = await lifeOf(lives, 0);
  stop.abort();
  await done;
  expect([first.killed, drained]).toEqual([["SIGTERM"], []]);
});

test("told to stop while it waits to start again, it ends", async () => {
  const { lives, stop, done } = world();
  const first = await lifeOf(lives, 0);
  first.listen(4000);
  first.end("1");
  await new Promise((resolve) => setTimeout(resolve, 20));
  stop.abort();
  await done;
  expect(lives).toHaveLength(1);
});
