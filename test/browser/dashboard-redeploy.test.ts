// A deploy under a page that watches: the whole edge goes and comes back with the same storage. The page finds it by
// itself, shows what goes on, and no figure is other than it should be.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newUser, planTurn } from "../../src/dev/traffic/plan-turn.ts";
import { randomOf } from "../../src/dev/traffic/random.ts";
import { type TrafficAction, turnRequests } from "../../src/dev/traffic/turn-requests.ts";
import { type RunningEdge, startEdge, stateFolder } from "../support/edge-process.ts";
import { basic, keyVars, post } from "../support/post.ts";
import { ownPort } from "../support/own-port.ts";
import { type RecordingLangfuse, recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";
import { launchChromium } from "./support/chromium.ts";
import { openPage } from "./support/watched-page.ts";

const state = stateFolder();
let edge: RunningEdge;
let langfuse: RecordingLangfuse;
let browser: Browser;

const start = (port: number): Promise<RunningEdge> =>
  startEdge({
    persist: state.path,
    port,
    vars: {
      ...keyVars(langfuse.url),
      AUTH: "token",
      AUTH_TOKEN_SECRET: "a secret of thirty-two characters!!",
    },
  });
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  edge = await start(await ownPort());
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await edge.stop();
  await langfuse.close();
  state.remove();
});

function turnOf(name: string) {
  const random = randomOf(name.length * 31);
  const user = { ...newUser(random), sessionId: `deploy-${name}` };
  const plan = { ...planTurn(random, user, 1), key: name, outcome: "completed" as const };
  const requests = turnRequests(plan, Date.now() - 5_000);
  return {
    send: async (from = 0, to = requests.length): Promise<void> => {
      const actions: TrafficAction[] = requests.slice(from, to).flatMap((one) => one.actions);
      const body = { sessionId: user.sessionId, sentAt: Date.now(), actions };
      expect((await post(edge.url, body)).status).toBe(200);
    },
  };
}

const line = (page: Page, name: string) =>
  page.locator(".turn-line", { hasText: `deploy-${name}` });

async function turnsInSpeed(page: Page): Promise<string> {
  await page.evaluate('location.hash = "#/cost"');
  await page.locator("#view-cost[aria-current]").waitFor();
  await page.evaluate('location.hash = "#/speed"');
  await page.locator("#view-speed[aria-current]").waitFor();
  const tile = page.locator(".tile", { has: page.getByText("Turns", { exact: true }) });
  return tile
    .locator(".tile-value")
    .innerText({ timeout: 5_000 })
    .catch(() => "");
}

it("comes back by itself, with what went on, and counts each turn once", async () => {
  const answer = await fetch(`${edge.url}/api/langfuse/token`, {
    method: "POST",
    headers: { authorization: basic(), "content-type": "application/json" },
    body: '{"scope":"read"}',
  });
  const { token } = await answer.json<{ token: string }>();
  const context = await browser.newContext({ locale: "en-US" });
  const { page } = await openPage(context, `${edge.url}/dashboard#token=${token}`);
  await page.locator("#lamp.good").waitFor();
  const figures = await openPage(context, `${edge.url}/dashboard#/speed?token=${token}`);

  await turnOf("first").send();
  await line(page, "first").getByText("completed").waitFor();
  const streaming = turnOf("goes-on");
  await streaming.send(0, 2);
  await line(page, "goes-on").getByText("under way").waitFor();
  await line(page, "goes-on").click();
  await until(async () => (await turnsInSpeed(figures.page)) === "1");

  const port = Number(new URL(edge.url).port);
  await edge.stop();
  await page.locator("#lamp.bad, #lamp.warn").first().waitFor();
  edge = await start(port);
  await page.locator("#lamp.good").waitFor();
  // The page has drawn what it was greeted with, once it shows what came after that.
  await turnOf("afterwards").send();
  await line(page, "afterwards").getByText("completed").waitFor();
  // What ended before is still there, and what goes on, too.
  expect(await line(page, "first").innerText()).toContain("completed");
  expect(await line(page, "goes-on").innerText()).toContain("under way");
  await streaming.send(2);
  await line(page, "goes-on").getByText("completed").waitFor();
  expect(await page.locator(".turn-line", { hasText: "deploy-" }).count()).toBe(3);
  await until(async () => (await turnsInSpeed(figures.page)) === "3");
  const traces = new Set(langfuse.spans().map(({ traceId }) => traceId));
  expect(traces.size).toBe(3);
  await context.close();
});
