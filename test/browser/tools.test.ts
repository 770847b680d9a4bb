// Tools of the page, with the libraries that people use: what they post by themselves goes on with the turn.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PageName } from "./support/bundle.ts";
import type { Reply } from "./support/chat-backend.ts";
import {
  findings,
  observationOf,
  traceArrived,
  traceGrown,
  tracesArrived,
  treeOf,
} from "./support/sink.ts";
import {
  aiSdkAnswered,
  aiSdkApproval,
  aiSdkTools,
  anthropicTools,
  openAiTools,
  responsesTools,
} from "./support/tool-answers.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({
    pages: ["ai-sdk-tools-5", "ai-sdk-tools-6", "ai-sdk-tools-7", "openai", "anthropic"],
  });
});
afterEach(async () => {
  // A page that stays open may ask by itself.
  for (const context of world.browser.contexts()) await context.close();
  expect(await findings(world.edge.url)).toEqual([]);
});
afterAll(() => world.close());

/** One turn of two requests, with the tool between them. */
const tree = (tool: string): string[] =>
  [
    "Research Assistant",
    "  frontend-ui-processing",
    "  frontend-backend-api-call",
    "  streaming-response",
    `  ${tool}`,
    "  frontend-backend-api-call",
    "  streaming-response",
  ].sort();

async function expectTurn(sessionId: string, tool: string, output: string): Promise<void> {
  const trace = await traceArrived(world.edge.url, sessionId);
  expect(treeOf(trace).sort()).toEqual(tree(tool));
  expect(observationOf(trace, tool)).toMatchObject({
    type: "tool",
    level: "DEFAULT",
    output,
    metadata: { toolCallId: `call_${tool}`, outcome: "completed" },
  });
  expect(observationOf(trace, "Research Assistant")).toMatchObject({
    output: "You are in Graz.",
    input: expect.stringContaining("Where am I?") as string,
    metadata: { outcome: "completed" },
  });
}

describe.each([5, 6, 7])("the AI SDK %i", (version) => {
  const name = `ai-sdk-tools-${version}` as PageName;
  const shown = "li[data-role=assistant]:text-is('You are in Graz.')";

  it("runs a tool of the page, and posts its result by itself: one trace", async () => {
    const sessionId = `where ${version}`;
    world.backend.answer(aiSdkTools(version));
    const { page, trouble } = await world.open(name, { client: { sessionId } });
    await page.click("text=Ask");
    await page.waitForSelector(shown);
    await expectTurn(sessionId, "where", '{"city":"Graz"}');
    expect(trouble).toEqual([]);

    // The same question again is another turn; a stream that is resumed is not.
    world.backend.answer(aiSdkAnswered());
    await page.click("text=Again");
    const [again] = await tracesArrived(world.edge.url, sessionId, 2);
    expect(observationOf(again!, "Research Assistant").metadata).toMatchObject({
      chatId: "chat-1",
      trigger: "regenerate-message",
      messageId: "m1",
    });
    await page.waitForSelector("output[data-status=ready]", { state: "attached" });
    await page.click("text=Resume");
    const resumed = await traceGrown(world.edge.url, again!.id, 6);
    expect(treeOf(resumed)).toEqual([
      "Research Assistant",
      "  frontend-ui-processing",
      "  frontend-backend-api-call",
      "  streaming-response",
      "  frontend-backend-api-call",
      "  streaming-response",
    ]);
    expect(trouble).toEqual([]);
  });

  it.runIf(version > 5)("waits for an approval: one trace", async () => {
    const sessionId = `pay ${version}`;
    world.backend.answer(aiSdkApproval());
    const { page, trouble } = await world.open(name, { client: { sessionId } });
    await page.click("text=Ask");
    await page.click("text=Approve");
    await page.waitForSelector(shown);
    await expectTurn(sessionId, "pay", "paid");
    expect(trouble).toEqual([]);
  });
});

describe.each<[string, PageName, () => Reply, "respond" | "askWithTools" | undefined]>([
  ["OpenAI's runTools", "openai", openAiTools, "askWithTools"],
  ["OpenAI's Responses", "openai", responsesTools, "respond"],
  ["Anthropic's SDK", "anthropic", anthropicTools, undefined],
])("%s", (sessionId, name, answer, ask) => {
  it("has its tools and all its requests in one trace", async () => {
    world.backend.answer(answer());
    const { page, trouble } = await world.open(name, {
      client: { sessionId },
      turn: { assistantName: "Research Assistant" },
    });
    const text = await page.evaluate(
      (way) => (way ? openai[way]("Where am I?") : anthropic.ask("Where am I?")),
      ask,
    );
    expect(text).toBe("You are in Graz.");
    await expectTurn(sessionId, "where", "Graz");
    expect(trouble).toEqual([]);
  });
});
