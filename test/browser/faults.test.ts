// Whatever the edge does, the chat on the page works the same; and what was traced meanwhile arrives
// when the edge is back.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Shown } from "./support/chat-lab.ts";
import { findings, tracesArrived } from "./support/sink.ts";
import type { Fault } from "./support/edge-gate.ts";
import { median } from "./support/median.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const ROUNDS = 15;
const WORDS = ["The ", "words ", "come ", "in ", "their ", "order."];

/** As of a proxy in front of an edge of another origin. */
const FOREIGN = "503 that the page may not read";
const html = "<!doctype html><title>Sign in</title><p>Please sign in.</p>";
const busy = '{"success":false,"error":{"code":"unavailable"}}';
const FAULTS: Record<string, Fault | undefined> = {
  "nothing wrong": undefined,
  "429": { status: 429, headers: { "retry-after": "1" }, body: busy },
  "503": { status: 503, headers: { "retry-after": "1" }, body: busy },
  [FOREIGN]: {
    status: 503,
    headers: { "access-control-allow-origin": "https://elsewhere.example" },
    body: busy,
  },
  "a page of HTML": { status: 200, headers: { "content-type": "text/html" }, body: html },
  "an error page of HTML": { status: 502, headers: { "content-type": "text/html" }, body: html },
  "half a JSON": {
    status: 200,
    headers: { "content-type": "application/json" },
    body: '{"success":true,"results":[{"ind',
  },
  "another JSON": { status: 200, body: '{"success":true,"results":[null,7,"x"]}' },
  "a broken connection": "reset",
  "an answer that is lost": "lost answer",
  "no answer": "silence",
};
const sessions: string[] = [];

describe("the chat works the same, and its first text is not late", () => {
  it.each(Object.keys(FAULTS))("the edge's answer: %s", async (sessionId) => {
    const { gate, backend } = world;
    backend.answer({ pieces: WORDS, pauseMs: 2 });
    const { page, trouble } = await world.openChat({
      client: {
        sessionId,
        ...(sessionId === FOREIGN && { endpoint: `${gate.url}/api/langfuse/trace` }),
        // Instead of waiting for half a minute.
        timeoutMs: 1_000,
      },
      turn: { assistantName: "Research Assistant" },
    });
    await page.evaluate(() => chat.send("warm up", "plain"));
    gate.behave(FAULTS[sessionId], sessionId);
    const turns = await page.evaluate(async (rounds) => {
      const turns: { plain: Shown; traced: Shown }[] = [];
      for (let n = 0; n < rounds; n += 1) {
        // In turns the first and the second, since the second is quicker.
        const early = n % 2 ? await chat.send("plain", "plain") : undefined;
        const traced = await chat.send(`turn ${n}`);
        turns.push({ traced, plain: early ?? (await chat.send("plain", "plain")) });
      }
      return turns;
    }, ROUNDS);
    gate.behave(undefined, sessionId);
    sessions.push(sessionId);

    for (const { text, error } of turns.flatMap(({ plain, traced }) => [plain, traced])) {
      expect({ text, error }).toEqual({ text: WORDS.join(""), error: undefined });
    }
    const later = median(turns.map(({ plain, traced }) => traced.firstMs - plain.firstMs));
    console.log(`${sessionId}: the first text ${later.toFixed(1)} ms later, median of ${ROUNDS}`);
    // It waits for no answer of the edge: of one that is silent that would be a second, on any machine.
    expect(later).toBeLessThan(500);
    // Whoever answers in the edge's place is told once; a failure that may pass is not.
    const isStranger = /^(a page of HTML|half a JSON)$/.test(sessionId);
    const endpoint = "/api/langfuse/trace";
    expect(trouble).toEqual(isStranger ? [`langfuse-edge: HTTP 200 from ${endpoint}`] : []);
  });
});

it("what was traced meanwhile arrives, each turn once, when the edge is back", async () => {
  expect(sessions).toEqual(Object.keys(FAULTS));
  for (const sessionId of sessions) {
    const traces = await tracesArrived(world.edge.url, sessionId, ROUNDS);
    expect(traces).toHaveLength(ROUNDS);
    for (const { nodes } of traces) {
      expect(nodes.map(({ copies }) => copies)).toEqual([1, 1, 1, 1]);
      expect(nodes[0]?.observation.output).toBe(WORDS.join(""));
    }
  }
  expect(await findings(world.edge.url)).toEqual([]);
});
