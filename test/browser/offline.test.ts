// A browser without a network: what it keeps, who sends it later, and who must not.
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../support/until.ts";
import type { ChatSetup } from "./support/chat-lab.ts";
import { findings, observationOf, tracesArrived } from "./support/sink.ts";
import { leavePage } from "./support/watched-page.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const setup = (sessionId: string, userId = "ada@example.com"): ChatSetup => ({
  offline: true,
  client: { sessionId, userId },
  turn: { assistantName: "Research Assistant" },
});

/** A trace that is begun and ended without a network, and that the browser has kept. */
async function traceOffline(page: Page, name: string): Promise<void> {
  await page.context().setOffline(true);
  await page.evaluate((name) => {
    const trace = chat.langfuse.trace({ name, input: "said offline" });
    void trace.span({ name: "thinking" }).end();
    void trace.end({ output: "done" });
  }, name);
  await isKept(page);
}

const isKept = (page: Page): Promise<unknown> =>
  until(async () => (await page.evaluate(() => chat.kept())).length > 0);

const isGone = (page: Page): Promise<unknown> =>
  until(async () => (await page.evaluate(() => chat.kept())).length === 0);

const profile = (): Promise<BrowserContext> => world.browser.newContext();

/** How often the edge was sent each action of the session, by client and number. */
function timesSent(sessionId: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const { clientId, actions } of world.gate.seen.filter(
    (one) => one.sessionId === sessionId,
  )) {
    for (const { seq } of actions) {
      if (seq !== undefined) {
        const key = `${clientId} ${seq}`;
        times.set(key, (times.get(key) ?? 0) + 1);
      }
    }
  }
  return times;
}
const timesNamed = (sessionId: string, name: string): number =>
  world.gate.seen.filter(
    (one) => one.sessionId === sessionId && one.actions.some(({ data }) => data["name"] === name),
  ).length;

async function expectOnce(sessionId: string, name: string): Promise<void> {
  const [trace] = await tracesArrived(world.edge.url, sessionId);
  expect(trace?.nodes.map(({ observation, copies }) => [observation.name, copies])).toEqual([
    [name, 1],
    ["thinking", 1],
  ]);
  expect(timesNamed(sessionId, name)).toBe(1);
  expect([...timesSent(sessionId).values()].every((times) => times === 1)).toBe(true);
  expect(await findings(world.edge.url)).toEqual([]);
}

describe("what was said offline is sent once", () => {
  it("by the page itself, when the network is back", async () => {
    const context = await profile();
    const { page, trouble } = await world.openChat(setup("same page"), context);
    await traceOffline(page, "Same page");
    await context.setOffline(false);
    await expectOnce("same page", "Same page");
    expect(await page.evaluate(() => chat.kept())).toEqual([]);
    expect(await page.evaluate(() => chat.drops)).toEqual([]);
    expect(trouble).toEqual([]);
  });

  it("by the next page, after the one that said it was closed", async () => {
    const context = await profile();
    const first = await world.openChat(setup("next page"), context);
    await traceOffline(first.page, "Next page");
    await leavePage(first.page);
    await context.setOffline(false);
    const { page, trouble } = await world.openChat(setup("next page"), context);
    await expectOnce("next page", "Next page");
    expect(await page.evaluate(() => chat.kept())).toEqual([]);
    expect(trouble).toEqual([]);
  });

  it("by another tab, after the one that said it was closed", async () => {
    const context = await profile();
    const first = await world.openChat(setup("another tab"), context);
    const other = await world.openChat(setup("another tab"), context);
    await traceOffline(first.page, "Another tab");
    await leavePage(first.page);
    await context.setOffline(false);
    await expectOnce("another tab", "Another tab");
    expect(other.trouble).toEqual([]);
  });

  it("by one of several tabs that come back at the same time", async () => {
    const context = await profile();
    const tabs = [];
    for (let n = 0; n < 3; n += 1) tabs.push(await world.openChat(setup("many tabs"), context));
    await traceOffline((tabs[0] as (typeof tabs)[0]).page, "Many tabs");
    await context.setOffline(false);
    await expectOnce("many tabs", "Many tabs");
    expect(tabs.flatMap(({ trouble }) => trouble)).toEqual([]);
  });
});

it("a turn whose answer the lost network breaks off is traced when it is back", async () => {
  const pieces = ["So far ", "there ", "is "];
  world.backend.answer({ pieces, pauseMs: 5, holdAt: 2, breaks: true });
  const context = await profile();
  const { page, trouble } = await world.openChat(setup("broken off"), context);
  await page.fill("input", "How far?");
  await page.click("button");
  await page.waitForSelector("li:text('So far there')");
  await context.setOffline(true);
  world.backend.release();
  await page.waitForSelector("li[data-state=failed]");
  await isKept(page);
  await context.setOffline(false);
  const [trace] = await tracesArrived(world.edge.url, "broken off");
  if (trace === undefined) throw new Error("no trace");
  expect(trace.nodes).toHaveLength(4);
  expect(observationOf(trace, "streaming-response")).toMatchObject({
    level: "ERROR",
    output: expect.stringContaining("So far there ") as string,
  });
  expect(trouble).toEqual([]);
});

describe("what was said offline is never sent", () => {
  it.each([
    ["in another session", setup("of nobody else")],
    ["under another user", setup("of ada", "bob@example.com")],
  ])("%s; its own page still does", async (_, strangers) => {
    const mine = strangers.client?.sessionId === "of ada" ? setup("of ada") : setup("mine");
    const sessionId = mine.client?.sessionId ?? "";
    const context = await profile();
    const first = await world.openChat(mine, context);
    await traceOffline(first.page, "Private");
    await leavePage(first.page);
    await context.setOffline(false);

    const before = world.gate.seen.length;
    const other = await world.openChat(strangers, context);
    // The first thing that a page sends is what was kept; so this comes after all of that.
    await other.page.evaluate(() => chat.langfuse.trace({ name: "Stranger" }).end());
    await other.page.evaluate(() => chat.langfuse.flush());
    const sent = world.gate.seen.slice(before);
    expect(sent.flatMap(({ actions }) => actions).map(({ action }) => action)).toEqual(
      expect.arrayContaining(["create_trace", "end_trace"]),
    );
    expect(JSON.stringify(sent)).not.toContain("said offline");
    expect(await other.page.evaluate(() => chat.kept())).toHaveLength(1);
    await other.page.close();

    const again = await world.openChat(mine, context);
    await isGone(again.page);
    await until(() => timesNamed(sessionId, "Private") === 1);
    const { userId } = world.gate.seen
      .flatMap(({ actions }) => actions)
      .find(({ data }) => data["name"] === "Private")?.data ?? { userId: "" };
    expect(userId).toBe("ada@example.com");
  });

  it("after logout, neither by who logs in next nor by the same user again", async () => {
    const context = await profile();
    const { page, trouble } = await world.openChat(setup("logged out"), context);
    await traceOffline(page, "Private");
    await page.evaluate(() =>
      chat.langfuse.reset({ sessionId: "of bob", userId: "bob@example.com" }),
    );
    await isGone(page);
    expect(await page.evaluate(() => chat.drops)).toEqual([["cache_overflow", 4]]);
    await context.setOffline(false);
    await page.evaluate(() => chat.langfuse.trace({ name: "Bob's" }).end());
    await until(() => timesNamed("of bob", "Bob's") === 1);
    await page.close();
    const again = await world.openChat(setup("logged out"), context);
    await again.page.evaluate(() => chat.langfuse.trace({ name: "Ada's again" }).end());
    await until(() => timesNamed("logged out", "Ada's again") === 1);
    expect(timesNamed("logged out", "Private") + timesNamed("of bob", "Private")).toBe(0);
    expect(trouble).toEqual([]);
  });

  it("after logout while the edge is away: what waits goes with its user", async () => {
    const { gate } = world;
    const { page, trouble } = await world.openChat(setup("ada's edge is away"));
    await page.evaluate(() => chat.langfuse.flush());
    gate.behave("reset");
    await page.evaluate(() => {
      void chat.langfuse.trace({ name: "Private" }).end();
      void chat.langfuse.flush();
    });
    await until(() => timesNamed("ada's edge is away", "Private") > 0);
    await page.evaluate(() => {
      chat.langfuse.reset({ sessionId: "bob's is back", userId: "bob@example.com" });
      void chat.langfuse.trace({ name: "Bob's" }).end();
    });
    gate.behave();
    await until(() => timesNamed("bob's is back", "Bob's") > 0);
    expect(timesNamed("bob's is back", "Private")).toBe(0);
    const withPrivate = gate.seen.filter(({ actions }) =>
      actions.some(({ data }) => data["name"] === "Private"),
    );
    for (const { sessionId, actions } of withPrivate) {
      expect(JSON.stringify(actions)).not.toContain("bob@example.com");
      expect(sessionId).not.toBe("bob's is back");
    }
    expect(trouble).toEqual([]);
  });
});
