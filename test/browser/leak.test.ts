// A page that stays open for a long chat does not grow by it.
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

interface Load {
  heap: number;
  nodes: number;
  listeners: number;
}

/** More than the library makes before it gives up. */
const ATTEMPTS = 10;

/** What the page holds on to, when nothing is on its way and the transcript is empty. */
async function loadOf(page: Page, cdp: CDPSession): Promise<Load> {
  await page.evaluate(async () => {
    await chat.langfuse.flush();
    chat.clear();
  });
  // Beyond what a call's promise waits for; and what can't be sent is given up after some attempts, so
  // that no more of it waits now than then.
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await page.clock.fastForward(60_000);
    // A request of the page's own after the library's: by then that has failed.
    await page.evaluate(() => chat.langfuse.health());
  }
  for (let n = 0; n < 3; n += 1) await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize: heap } = await cdp.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners: listeners } = await cdp.send("Memory.getDOMCounters");
  return { heap, nodes, listeners };
}

const talk = (page: Page, turns: number): Promise<void> =>
  page.evaluate(async (turns) => {
    for (let n = 0; n < turns; n += 1)
      await chat.send(`turn ${n}`, n % 2 ? "traceChat" : "tracedFetch");
  }, turns);

/** A turn that is held on to has more; what is seen here is the engine's own, and grows ever less. */
const MOST_BYTES_A_TURN = 1000;

it.concurrent.each(["works", "is away"])("200 turns, with an edge that %s", async (sessionId) => {
  const { gate, browser, backend } = world;
  backend.answer({ pieces: Array.from({ length: 12 }, (_, n) => `word ${n} `) });
  if (sessionId === "is away") gate.behave("reset", sessionId);
  const context = await browser.newContext();
  const { page, trouble } = await world.openChat({ client: { sessionId } }, context);
  await page.clock.install();
  await page.reload();
  const cdp = await context.newCDPSession(page);
  await talk(page, 20);
  const early = await loadOf(page, cdp);
  await talk(page, 180);
  const late = await loadOf(page, cdp);
  const each = (late.heap - early.heap) / 180;
  console.log(`${sessionId}: ${each.toFixed(0)} bytes of heap a turn`);
  expect(late).toMatchObject({ nodes: early.nodes, listeners: early.listeners });
  expect(each).toBeLessThan(MOST_BYTES_A_TURN);
  expect(trouble).toEqual([]);
});
