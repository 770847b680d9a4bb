// A stream of 5,000 chunks, with the library and without it in turn: how long the page's main thread is held at
// once, and how late each chunk comes. Each round has both, so that what the machine does beside concerns both.
import { setTimeout } from "node:timers/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Reply } from "./support/chat-backend.ts";
import { median } from "./support/median.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  // Isolated pages have the finer clock.
  world = await startWorld({
    headers: {
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    },
  });
});
afterAll(() => world.close());

const CHUNKS = 5000;
/** How many are sent at once, and the next some milliseconds later. */
const SHAPES = [
  ["several times as fast as any model", 5, 1],
  ["in bursts, as a proxy lets them through", 500, 50],
  ["all at once", CHUNKS, 0],
] as const;
const ROUNDS = 3;
/** The longest that a task may hold the main thread, ms of its processor time. */
const MOST_TASK_MS = 5;
/** What two plain answers may differ by, as a part of the plain one, and in ms. */
const NOISE = 0.5;
const NOISE_MS = 1;

const WAYS = ["plain", "tracedFetch"] as const;
type Way = (typeof WAYS)[number];

const event = (): string => {
  const content = `${(performance.timeOrigin + performance.now()).toFixed(3)} `;
  const told = { id: "c1", model: "gpt-5", choices: [{ index: 0, delta: { content } }] };
  return `data: ${JSON.stringify(told)}\n\n`;
};

const long =
  (atOnce: number, pauseMs: number): Reply =>
  async (_body, outgoing) => {
    outgoing.socket?.setNoDelay(true);
    outgoing.writeHead(200, { "content-type": "text/event-stream" });
    for (let n = 0; n < CHUNKS && !outgoing.destroyed; n += 1) {
      outgoing.write(event());
      if (n % atOnce === 0) await setTimeout(pauseMs);
    }
    outgoing.end("data: [DONE]\n\n");
  };

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Processor time of the thread, µs. */
  tdur?: number;
  args?: { name?: string };
}

/** The longest task of a page's main thread, ms of processor time: what else runs on the machine is not in it. */
function longestTask(events: readonly TraceEvent[]): number {
  const threads = new Set(
    events
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = events.filter(
    ({ name, pid, tid }) => name.endsWith("RunTask") && threads.has(`${pid} ${tid}`),
  );
  expect(tasks.length).toBeGreaterThan(10);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
}

async function measured(page: Page, way: Way) {
  await world.browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
  const late = await page.evaluate(async (way) => {
    const arrived = await chat.arrivals(way);
    await chat.langfuse.flush();
    return arrived;
  }, way);
  const { traceEvents } = JSON.parse(String(await world.browser.stopTracing())) as {
    traceEvents: TraceEvent[];
  };
  // The time of one that was cut in two is not told.
  expect(late.length).toBeGreaterThan(0.9 * CHUNKS);
  return { taskMs: longestTask(traceEvents), lateMs: median(late) };
}

it.each(SHAPES)(
  "%s: no task is longer than 5 ms, and no chunk of a stream later",
  async (_, atOnce, pauseMs) => {
    world.backend.answer(long(atOnce, pauseMs));
    const { page, trouble } = await world.openChat({ client: { sessionId: `long-${atOnce}` } });
    // The readers and the engine's own warming up are no part of it.
    for (const way of WAYS) await page.evaluate((one) => chat.arrivals(one), way);
    const rounds: Record<Way, Awaited<ReturnType<typeof measured>>>[] = [];
    for (let n = 0; n < ROUNDS; n += 1) {
      const [first, second] = n % 2 ? WAYS : WAYS.toReversed();
      const one = await measured(page, first);
      const other = await measured(page, second);
      rounds.push({ [first]: one, [second]: other } as (typeof rounds)[number]);
    }
    const valuesOf = (way: Way, name: "taskMs" | "lateMs") =>
      rounds.map((round) => round[way][name]);
    // A collection of garbage may fall into any task of a round, but not into one of each.
    const taskMs = Math.min(...valuesOf("tracedFetch", "taskMs"));
    const plainTaskMs = Math.min(...valuesOf("plain", "taskMs"));
    const plainLateMs = median(valuesOf("plain", "lateMs"));
    const later = median(rounds.map(({ plain, tracedFetch }) => tracedFetch.lateMs - plain.lateMs));
    console.log(
      `longest task ${taskMs.toFixed(1)} ms, plain ${plainTaskMs.toFixed(1)}; ` +
        `a chunk comes ${(1000 * later).toFixed(0)} µs later than after ${plainLateMs.toFixed(2)} ms`,
    );
    expect(taskMs).toBeLessThan(Math.max(MOST_TASK_MS, (1 + NOISE) * plainTaskMs));
    // All at once is 700 KB in some 30 ms: there what is late is the page's own work as well.
    if (atOnce < CHUNKS) expect(later).toBeLessThan(Math.max(NOISE_MS, NOISE * plainLateMs));
    expect(trouble).toEqual([]);
  },
);
