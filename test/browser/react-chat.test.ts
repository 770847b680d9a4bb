// A React chat with feedback, an error boundary and tracked errors, as its users and its developers meet it.
import type { BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { KeptScore, SeenTrace } from "../../src/dev/sink/view/answers.ts";
import { until } from "../support/until.ts";
import { aiSdkAnswer } from "./support/ai-sdk-answer.ts";
import { findings, observationOf, traceArrived, tracesOf, treeOf } from "./support/sink.ts";
import type { PageName } from "./support/bundle.ts";
import type { ReactChatSetup } from "./support/react-chat-lab.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ pages: ["react-chat", "react-chat-18"] });
});
afterEach(async () => {
  expect(await findings(world.edge.url)).toEqual([]);
});
afterAll(() => world.close());

const WORDS = ["In ", "the ", "cellar."];

async function chat(sessionId: string, setup: ReactChatSetup = {}, name: PageName = "react-chat") {
  const context = await world.browser.newContext();
  const all = { ...setup, client: { sessionId, userId: "ada", ...setup.client } };
  const open = async (within: BrowserContext) => world.open(name, all, within);
  const { page, trouble } = await open(context);
  const ask = async (question = "Where is the cheese?") => {
    await page.fill("input", question);
    await page.click("text=Send");
  };
  const answered = () => page.waitForSelector("output[data-status=ready]", { state: "attached" });
  return { page, trouble, ask, answered };
}

/** The trace once it is so; what comes late comes some seconds after it. */
const traceWith = (sessionId: string, is: (trace: SeenTrace) => boolean): Promise<SeenTrace> =>
  until(async () => (await tracesOf(world.edge.url, sessionId)).find(is));
const score = ({ scores }: SeenTrace): KeptScore | undefined =>
  scores.find(({ name }) => name === "user-feedback");

describe("feedback", () => {
  it("is a score of the answer's trace; a change of mind and a comment replace it, also after a reload", async () => {
    const { page, trouble, ask, answered } = await chat("feedback");
    world.backend.answer(aiSdkAnswer(WORDS));
    await ask();
    await answered();
    const group = page.getByRole("group", { name: "Feedback" });
    const good = group.getByRole("button", { name: "Good answer" });
    const bad = group.getByRole("button", { name: "Bad answer" });
    const pressed = async () => [
      await good.getAttribute("aria-pressed"),
      await bad.getAttribute("aria-pressed"),
    ];
    expect(await pressed()).toEqual(["false", "false"]);
    // By the keyboard alone.
    await good.focus();
    await page.keyboard.press("Enter");
    await group.getByRole("status").getByText("Thank you").waitFor();
    expect(await pressed()).toEqual(["true", "false"]);
    const first = await traceWith("feedback", (trace) => score(trace)?.value === "1");

    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    expect(await pressed()).toEqual(["false", "true"]);
    await group.getByLabel("Comment").fill("It was in the attic.");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const second = await traceWith("feedback", (trace) => !!score(trace)?.comment);
    expect(score(second)).toMatchObject({
      id: score(first)?.id,
      value: "0",
      comment: "It was in the attic.",
    });
    expect(second.scores).toHaveLength(1);
    expect(await page.locator('button[aria-label="Bad answer"]:focus').count()).toBe(1);

    await page.reload();
    await group.waitFor();
    expect(await pressed()).toEqual(["false", "true"]);
    await good.click();
    await page.getByRole("button", { name: "Copy" }).click();
    const third = await traceWith(
      "feedback",
      (trace) => score(trace)?.value === "1" && treeOf(trace).includes("  copied"),
    );
    expect([third.id, third.scores.length]).toEqual([first.id, 1]);
    expect(observationOf(third, "copied")).toMatchObject({ type: "event", level: "DEFAULT" });
    expect(trouble).toEqual([]);
  });

  it("of each message is that message's own", async () => {
    const { page, ask, answered } = await chat("two messages");
    world.backend.answer(aiSdkAnswer(WORDS));
    await ask("first?");
    await answered();
    await ask("second?");
    await page.waitForSelector("li[data-role=assistant] >> nth=1");
    await answered();
    await page.getByRole("button", { name: "Bad answer" }).nth(1).click();
    await page.getByRole("button", { name: "Good answer" }).nth(0).click();
    const valueOf = async (question: string): Promise<string | undefined> => {
      const isIt = (trace: SeenTrace): boolean =>
        !!trace.nodes[0]?.observation.input?.includes(question);
      return score(await traceWith("two messages", (trace) => isIt(trace) && !!score(trace)))
        ?.value;
    };
    expect([await valueOf("first?"), await valueOf("second?")]).toEqual(["1", "0"]);
  });
});

describe("errors during a turn", () => {
  it("stand in its trace, counted, and every other tracker is told as without the library", async () => {
    const { page, trouble, ask, answered } = await chat("errors", { trackers: true });
    const words = Array.from({ length: 400 }, (_, n) => `word${n} `);
    world.backend.answer(aiSdkAnswer(words));
    await ask();
    await page.waitForSelector("li[data-role=assistant]:has-text('word12 ')");
    for (let n = 0; n < 3; n += 1) await page.click("text=Throw");
    await page.click("text=Reject");
    await page.click("text=Picture");
    await answered();

    const trace = await traceArrived(world.edge.url, "errors");
    const errors = trace.nodes.filter(({ observation }) => observation.name === "frontend-error");
    const call = observationOf(trace, "streaming-response");
    expect(errors.map(({ observation }) => observation)).toMatchObject([
      {
        parentId: call.id,
        level: "ERROR",
        statusMessage: "TypeError: the click failed",
        metadata: {
          type: "TypeError",
          stack: expect.stringContaining("fail") as string,
          mechanism: "onerror",
          handled: false,
          count: 3,
          fingerprint: expect.stringMatching(/./) as string,
          causes: [{ path: "cause", type: "Error", message: "no clipboard" }],
        },
      },
      { statusMessage: "Error: the save failed", metadata: { mechanism: "onunhandledrejection" } },
      {
        statusMessage: `ResourceError: img failed to load: ${world.site.url}/no-such.png`,
        metadata: { mechanism: "resource", count: 1 },
      },
    ]);
    expect(observationOf(trace, "Research Assistant").metadata).toMatchObject({
      outcome: "completed",
      errors: 5,
    });
    const told = await page.evaluate(() => globalThis.told);
    // Sentry leaves out an error that is the one before once more.
    expect(told).toMatchObject({
      onerror: Array.from({ length: 3 }, () => "Uncaught TypeError: the click failed"),
      sentry: ["no clipboard", "the click failed", "the save failed"],
      faro: expect.arrayContaining(["the click failed", "the save failed"]) as string[],
    });
    expect(trouble.filter((line) => line.includes("the click failed"))).toHaveLength(3);
    expect(trouble.filter((line) => line.includes("the save failed"))).toHaveLength(1);
  });

  it("that another tab is closed with are told with their count", async () => {
    const { page, ask } = await chat("closed");
    world.backend.answer({
      pieces: ['data: {"type":"start"}\n\n', "data: [DONE]\n\n"],
      contentType: "text/event-stream",
      holdAt: 1,
    });
    await ask();
    await page.waitForSelector("output[data-status=streaming], output[data-status=submitted]", {
      state: "attached",
    });
    for (let n = 0; n < 2; n += 1) await page.click("text=Throw");
    await page.close({ runBeforeUnload: true });
    const trace = await traceArrived(world.edge.url, "closed");
    world.backend.release();
    expect(observationOf(trace, "frontend-error")).toMatchObject({ metadata: { count: 2 } });
    expect(observationOf(trace, "Research Assistant").metadata).toMatchObject({
      outcome: "abandoned",
      errors: 2,
    });
  });
});

describe("an error of rendering", () => {
  it.each(["react-chat", "react-chat-18"] as const)(
    "%s: stands in the turn's trace with its components, once",
    async (name) => {
      const sessionId = `boundary ${name}`;
      const { page, ask, answered } = await chat(sessionId, {}, name);
      world.backend.answer(aiSdkAnswer(["BOOM", " and more"]));
      await ask();
      await page.getByRole("alert").getByText("Something went wrong.").waitFor();
      await answered();
      const trace = await traceWith(sessionId, ({ nodes }) =>
        nodes.some(({ observation }) => observation.name === "frontend-error"),
      );
      const error = observationOf(trace, "frontend-error");
      expect(error).toMatchObject({
        level: "ERROR",
        statusMessage: "RangeError: this answer cannot be shown",
        metadata: {
          type: "RangeError",
          component_stack: expect.stringMatching(/Answer[^]*Message[^]*Chat/) as string,
        },
      });
      // The readers of an answer come when the page has nothing else to do: its first text may be shown before.
      const mayRun = ["streaming-response", "frontend-backend-api-call", "Research Assistant"];
      expect(mayRun.map((running) => observationOf(trace, running).id)).toContain(error.parentId);
    },
  );
});

it("experiments of the provider are on the trace, and in what the backend is told", async () => {
  const { page, ask, answered } = await chat("experiments", { experiments: { tone: "friendly" } });
  world.backend.answer(aiSdkAnswer(WORDS));
  await ask();
  await answered();
  expect(page).toBeDefined();
  const trace = await traceArrived(world.edge.url, "experiments");
  for (const { observation } of trace.nodes) {
    expect(observation).toMatchObject({
      tags: ["tone:friendly"],
      metadata: { experiment_tone: "friendly" },
    });
  }
  const baggage = world.backend.asked.at(-1)?.headers["baggage"];
  expect(baggage).toContain("langfuse_tags=tone%3Afriendly");
  expect(baggage).toContain("langfuse_metadata_experiment_tone=friendly");
});
