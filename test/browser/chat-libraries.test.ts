// The chat libraries that people use, each with nothing added but the library's `fetch`, or its hook.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { aiSdkAnswer } from "./support/ai-sdk-answer.ts";
import { openAiAnswer } from "./support/chat-backend.ts";
import { findings, observationOf, traceArrived, treeOf } from "./support/sink.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ pages: ["react", "react-18", "ai-sdk", "openai"] });
});
afterEach(async () => {
  expect(await findings(world.edge.url)).toEqual([]);
});
afterAll(() => world.close());

const TREE = [
  "Research Assistant",
  "  frontend-ui-processing",
  "  frontend-backend-api-call",
  "  streaming-response",
];
const WORDS = ["In ", "the ", "cellar."];

describe("React under StrictMode", () => {
  it.each([
    ["react", "19"],
    ["react-18", "18"],
  ] as const)(
    "%s: the double mount makes no second trace, and no second client",
    async (name, major) => {
      const { backend, edge, gate } = world;
      const sessionId = `strict ${name}`;
      backend.answer({ ...openAiAnswer(WORDS), pauseMs: 5 });
      const { page, trouble } = await world.open(name, { client: { sessionId } });
      await page.waitForFunction(`document.title.startsWith("React ${major}.")`);
      expect(await page.title()).toContain("mounted 2 times");
      await page.fill("input", "Where is the cheese?");
      await page.click("button");
      await page.waitForSelector("output:text-is('In the cellar.')");

      const trace = await traceArrived(edge.url, sessionId);
      expect(treeOf(trace)).toEqual(TREE);
      expect(observationOf(trace, "Research Assistant")).toMatchObject({
        input: '{"message":"Where is the cheese?"}',
        output: "In the cellar.",
        level: "DEFAULT",
      });
      const mine = gate.seen.filter((one) => one.sessionId === sessionId);
      expect(new Set(mine.map(({ clientId }) => clientId)).size).toBe(1);
      const created = mine
        .flatMap(({ actions }) => actions)
        .filter(({ action }) => action === "create_trace");
      expect(created).toHaveLength(1);
      expect(trouble).toEqual([]);
    },
  );
});

describe("the AI SDK's useChat", () => {
  it("has its turns traced, with the usage and the model that its backend tells", async () => {
    const { backend, edge } = world;
    backend.answer(aiSdkAnswer(WORDS));
    const { page, trouble } = await world.open("ai-sdk", { client: { sessionId: "useChat" } });
    await page.fill("input", "Where is the cheese?");
    await page.click("button");
    await page.waitForSelector("li[data-role=assistant]:text-is('In the cellar.')");
    await page.waitForSelector("output[data-status=ready]", { state: "attached" });

    const trace = await traceArrived(edge.url, "useChat");
    expect(treeOf(trace)).toEqual(TREE);
    expect(observationOf(trace, "Research Assistant")).toMatchObject({ output: "In the cellar." });
    expect(observationOf(trace, "streaming-response")).toMatchObject({
      level: "DEFAULT",
      input: expect.stringContaining("Where is the cheese?") as string,
      output: "In the cellar.",
      model: "claude-sonnet",
      usage: { input: 9, output: 3, total: 12 },
    });
    expect(trouble).toEqual([]);
  });

  it("that the user stops says so, with what was said until then", async () => {
    const { backend, edge } = world;
    backend.answer(aiSdkAnswer(Array.from({ length: 2000 }, (_, n) => `word${n} `)));
    const { page, trouble } = await world.open("ai-sdk", { client: { sessionId: "stopped" } });
    await page.fill("input", "Tell me everything.");
    await page.click("text=Send");
    await page.waitForSelector("li[data-role=assistant]:has-text('word12 ')");
    await page.click("text=Stop");
    await page.waitForSelector("output[data-status=ready]", { state: "attached" });
    const shown = (await page.textContent("li[data-role=assistant]")) ?? "";

    const trace = await traceArrived(edge.url, "stopped");
    expect(treeOf(trace)).toEqual(TREE);
    for (const name of ["streaming-response", "Research Assistant"]) {
      const { level, output = "", statusMessage, metadata } = observationOf(trace, name);
      expect({ level, statusMessage, metadata }).toEqual({
        level: "DEFAULT",
        statusMessage: "stopped before the answer was complete",
        metadata: expect.objectContaining({ outcome: "stopped" }) as object,
      });
      expect(metadata).not.toHaveProperty("stack");
      expect(output.startsWith(shown)).toBe(true);
    }
    expect(trouble).toEqual([]);
  });
});

describe("the OpenAI SDK in the browser", () => {
  it("has its turns traced, with the usage and the model that the stream tells", async () => {
    const { backend, edge } = world;
    backend.answer({ ...openAiAnswer(WORDS, "gpt-5-2026-08-07"), pauseMs: 5 });
    const { page, trouble } = await world.open("openai", {
      client: { sessionId: "openai" },
      turn: { assistantName: "Research Assistant" },
    });
    expect(await page.evaluate(() => openai.ask("Where is the cheese?"))).toEqual(WORDS);

    const trace = await traceArrived(edge.url, "openai");
    expect(treeOf(trace)).toEqual(TREE);
    expect(observationOf(trace, "streaming-response")).toMatchObject({
      level: "DEFAULT",
      input: "Where is the cheese?",
      output: "In the cellar.",
      model: "gpt-5-2026-08-07",
      usage: { input: 5, output: 3, total: 8 },
    });
    expect(trouble).toEqual([]);
  });
});

it("an error of the chat API is the SDK's own error, and the trace's", async () => {
  const { backend, edge } = world;
  const told = { error: { message: "no such model", type: "invalid_request_error" } };
  backend.answer({ status: 404, contentType: "application/json", pieces: [JSON.stringify(told)] });
  const { page, trouble } = await world.open("openai", {
    client: { sessionId: "no model" },
    turn: { assistantName: "Research Assistant" },
  });
  const error = await page.evaluate(() => openai.ask("Why?").catch(String));
  expect(error).toContain("404 no such model");
  const trace = await traceArrived(edge.url, "no model");
  expect(observationOf(trace, "streaming-response")).toMatchObject({
    level: "ERROR",
    statusMessage: "HTTP 404 Not Found: no such model",
  });
  expect(trouble).toEqual([]);
});
