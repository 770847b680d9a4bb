// A tab that is closed in the middle of an answer, and tabs beside each other.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatSetup } from "./support/chat-lab.ts";
import { findings, observationOf, traceArrived, tracesArrived, treeOf } from "./support/sink.ts";
import { leavePage } from "./support/watched-page.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  // Firefox ends the scripts of a tab that is closed: what it has said until then is a trace when it is idle.
  const vars = { TRACE_IDLE_SECONDS: "3" };
  world = await startWorld({ edge: () => ({ entry: "development", vars }) });
});
afterAll(() => world.close());

/** Stops in the middle of its third piece. */
const half = (first: string) => ({ pieces: [first, "there ", "is more"], pauseMs: 5, holdAt: 2 });

const leave: Record<string, (page: Page) => Promise<unknown>> = {
  closing: leavePage,
  "going elsewhere": (page) => page.goto("about:blank"),
  reloading: (page) => page.reload(),
};

describe("in the middle of an answer", () => {
  it.each([
    ["closing", "own"],
    ["going elsewhere", "own"],
    ["reloading", "own"],
    ["closing", "another"],
  ])("what was there arrives: %s, the edge on %s origin", async (how, origin) => {
    const { backend, gate, edge } = world;
    const sessionId = `left by ${how}, ${origin}`;
    const endpoint = `${gate.url}/api/langfuse/trace`;
    backend.answer(half("So far "));
    const setup: ChatSetup = {
      client: { sessionId, ...(origin === "another" && { endpoint }) },
      turn: { assistantName: "Research Assistant" },
    };
    const { page } = await world.openChat(setup);
    await page.fill("input", "How far?");
    await page.click("button");
    await page.waitForSelector("li:text('So far there')");
    await leave[how]?.(page);

    const trace = await traceArrived(edge.url, sessionId);
    expect(treeOf(trace)).toEqual([
      "Research Assistant",
      "  frontend-ui-processing",
      "  frontend-backend-api-call",
      "  streaming-response",
    ]);
    const closed = {
      level: "WARNING",
      statusMessage: "the page was closed before the answer was complete",
      output: "So far there ",
    };
    expect(observationOf(trace, "Research Assistant")).toMatchObject({
      ...closed,
      input: "How far?",
      metadata: { latencies: { first_chunk_received: expect.any(Number) as number } },
    });
    expect(observationOf(trace, "streaming-response")).toMatchObject({
      ...closed,
      metadata: { chunkCount: expect.any(Number) as number },
    });
    expect(observationOf(trace, "frontend-backend-api-call").level).toBe("DEFAULT");
    expect(await findings(edge.url)).toEqual([]);
  });

  it("an answer too long for what may outlive a page is cut, and arrives", async () => {
    world.backend.answer(half("語".repeat(60_000)));
    const { page } = await world.openChat({
      client: { sessionId: "long" },
      turn: { assistantName: "Research Assistant" },
    });
    await page.fill("input", "How far?");
    await page.click("button");
    await page.waitForSelector("li:has-text('there')");
    // Nothing is under way: what is said now could take the slow way, through the compression.
    await page.evaluate(() => chat.langfuse.flush());
    await leavePage(page);
    const trace = await traceArrived(world.edge.url, "long");
    for (const name of ["Research Assistant", "streaming-response"]) {
      expect(observationOf(trace, name)).toMatchObject({
        level: "WARNING",
        output: expect.stringMatching(/^語{4000,}$/) as string,
      });
    }
  });
});

it("two tabs on one session do not get in each other's way", async () => {
  const { browser, gate, edge, backend } = world;
  backend.answer({ pieces: ["one ", "two ", "three"], pauseMs: 5 });
  const context = await browser.newContext();
  const setup: ChatSetup = { client: { sessionId: "shared" }, turn: { assistantName: "Shared" } };
  const tabs = [await world.openChat(setup, context), await world.openChat(setup, context)];
  const turns = tabs.map(async ({ page }, tab) => {
    for (const n of [1, 2, 3]) await page.evaluate((m) => chat.send(m), `tab ${tab}, turn ${n}`);
  });
  await Promise.all(turns);
  const traces = await tracesArrived(edge.url, "shared", 6);
  const inputs = traces.map((trace) => observationOf(trace, "Shared").input);
  expect(new Set(inputs)).toEqual(
    new Set([0, 1].flatMap((tab) => [1, 2, 3].map((n) => `tab ${tab}, turn ${n}`))),
  );
  for (const trace of traces) {
    expect(trace.nodes).toHaveLength(4);
    expect(observationOf(trace, "Shared").output).toBe("one two three");
    expect(observationOf(trace, "Shared").level).toBe("DEFAULT");
  }
  const requests = gate.seen.filter(({ sessionId }) => sessionId === "shared");
  expect(new Set(requests.map(({ clientId }) => clientId)).size).toBe(2);
  expect(tabs.flatMap(({ trouble }) => trouble)).toEqual([]);
  expect(await findings(edge.url)).toEqual([]);
});
