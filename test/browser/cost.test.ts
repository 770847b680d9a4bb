// What the library costs the page: main-thread time of its calls, and the lateness of what streams.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
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

const ROUNDS = 100;
const MOST_MS = 0.1;
const PAIRS = 15;
/** What two plain answers may differ by. */
const NOISE_MS = 1;

/** How long each call holds the main thread, ms, by its name. */
const callTimes = (page: Page, rounds: number): Promise<Record<string, number[]>> =>
  page.evaluate(async (rounds) => {
    const { langfuse } = chat;
    const times: Record<string, number[]> = {};
    const said: Promise<unknown>[] = [];
    const timed = (name: string, call: () => unknown): void => {
      const began = performance.now();
      const result = call();
      (times[name] ??= []).push(performance.now() - began);
      said.push(Promise.resolve(result));
    };
    const metadata = {
      assistantId: "asst_123456",
      selectedItemsCount: 2,
      source: "frontend-click",
    };
    const input = { messages: [{ role: "user", content: "What is an edge? ".repeat(20) }] };
    for (let n = 0; n < rounds; n += 1) {
      const traceId = `ui2-${Date.now()}-${n}`;
      const span = { traceId, spanId: `call-${n}` };
      const generation = { traceId, generationId: `stream-${n}` };
      timed("createTrace", () => langfuse.createTrace({ traceId, name: "Cost", input, metadata }));
      timed("createSpan", () => langfuse.createSpan({ ...span, name: "call", input }));
      timed("updateSpan", () => langfuse.updateSpan({ ...span, metadata }));
      timed("endSpan", () => langfuse.endSpan({ ...span, output: "done" }));
      timed("createGeneration", () =>
        langfuse.createGeneration({ ...generation, name: "stream", input }),
      );
      timed("updateGeneration", () =>
        langfuse.updateGeneration({ ...generation, metadata: { chunkCount: 10 } }),
      );
      timed("endGeneration", () =>
        langfuse.endGeneration({ ...generation, output: "words ".repeat(300) }),
      );
      timed("createEvent", () => langfuse.createEvent({ traceId, name: "click" }));
      timed("score", () => langfuse.score({ traceId, name: "thumbs", value: 1 }));
      timed("endTrace", () => langfuse.endTrace({ traceId, output: "done" }));
      timed("flush", () => langfuse.flush());
      // As of a chat: one turn after the other, what is queued goes out.
      if (n % 5 === 4) await Promise.all(said.splice(0));
    }
    return times;
  }, rounds);

it("a call holds the main thread for no more than 0.1 ms at the median", async () => {
  const { page, trouble } = await world.openChat({ client: { sessionId: "cost" } });
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  const times = await callTimes(page, ROUNDS);
  const medians = Object.entries(times).map(([name, list]) => [name, median(list)] as const);
  console.log(medians.map(([name, ms]) => `${name} ${(1000 * ms).toFixed(0)} µs`).join(", "));
  expect(medians.filter(([, ms]) => ms > MOST_MS)).toEqual([]);
  expect(trouble).toEqual([]);
});

it("what streams arrives no later than with plain fetch", async () => {
  const now = (): string => `${(performance.timeOrigin + performance.now()).toFixed(3)}\n`;
  world.backend.answer({ pieces: Array.from({ length: 30 }, () => now), pauseMs: 2 });
  const { page, trouble } = await world.openChat({ client: { sessionId: "stream" } });
  await page.evaluate(() => chat.arrivals("tracedFetch"));
  const pairs = await page.evaluate(async (pairs) => {
    const measured = [];
    for (let n = 0; n < pairs; n += 1) {
      const early = n % 2 ? await chat.arrivals("plain") : undefined;
      const traced = await chat.arrivals("tracedFetch");
      measured.push({ traced, plain: early ?? (await chat.arrivals("plain")) });
    }
    return measured;
  }, PAIRS);
  const later = median(pairs.map(({ traced, plain }) => median(traced) - median(plain)));
  console.log(`a chunk comes ${(1000 * later).toFixed(0)} µs later, median of ${PAIRS} pairs`);
  expect(later).toBeLessThan(NOISE_MS);
  expect(trouble).toEqual([]);
});
