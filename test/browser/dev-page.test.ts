// The development page as a newcomer meets it: it runs a turn, breaks Langfuse, and is told the truth.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { basic, keyVars } from "../support/post.ts";
import { launchChromium } from "./support/chromium.ts";
import { openPage } from "./support/watched-page.ts";

let edge: RunningEdge;
let browser: Browser;
beforeAll(async () => {
  edge = await startEdge({ entry: "development" });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await edge.stop();
});
beforeEach(async () => {
  await fetch(`${edge.url}/sink/behaviour`, { method: "PUT", body: "{}" });
  await fetch(`${edge.url}/sink/traces`, { method: "DELETE" });
});

const open = async () => openPage(await browser.newContext(), edge.url);
const textOf = (page: Page, selector: string) => page.locator(selector).innerText();

it("starts in local mode, runs a turn, and says when its trace is there", async () => {
  const { page, trouble } = await open();
  await page.getByText("local mode, built-in Langfuse").waitFor();
  expect(await page.locator(":is(.warn, .bad):visible").count()).toBe(0);
  expect(await textOf(page, "#sink-state")).toBe("Nothing was sent here yet.");

  await page.click("#run");
  await page.locator("#ran.good").waitFor();
  expect(await textOf(page, "#ran")).toMatch(
    /^11 actions kept in [\d.]+ m?s; the trace is in Langfuse, [\d.]+ m?s later$/,
  );
  expect(await textOf(page, "#sink-state")).toBe(
    "4 observations stored: of what was sent here nothing was lost, nothing doubled.",
  );
  await page.locator(".row").first().click();
  await page.locator(".detail", { hasText: "What is an edge proxy?" }).waitFor();
  expect(trouble).toEqual([]);
  await page.close();
});

it("is green nowhere while Langfuse is simulated to be down, and delivers afterwards", async () => {
  const { page, trouble } = await open();
  await page.selectOption("#behaviour", { label: "down (503)" });
  await page.locator("#sink-state.warn").waitFor();
  await page.click("#run");
  await page.locator("#ran.warn").waitFor();
  expect(await textOf(page, "#ran")).toContain("they wait in the edge: Langfuse answers 503");
  expect(await textOf(page, "#sink-state")).toMatch(/^Simulated: Langfuse answers 503\./);
  expect(await page.locator(".good:not(.state):visible").count()).toBe(0);

  await page.selectOption("#behaviour", { label: "works" });
  await page.locator("#ran.good").waitFor();
  await page.locator("#sink-state.good").waitFor();
  expect(trouble).toEqual([]);
  await page.close();
});

it("shows what Langfuse would lose, though it answers 200", async () => {
  const { page, trouble } = await open();
  const span = {
    traceId: "t",
    spanId: "s",
    startTimeUnixNano: "1795348800000000000",
    endTimeUnixNano: "1795348800000000000",
    attributes: [{ key: "k", value: null }],
  };
  const scopeSpans = [{ scope: { name: "langfuse-sdk" }, spans: [span] }];
  const answer = await fetch(`${edge.url}/sink/api/public/otel/v1/traces`, {
    method: "POST",
    headers: {
      authorization: basic("pk-lf-sink", "sk-lf-sink"),
      "content-type": "application/json",
      "x-langfuse-ingestion-version": "4",
    },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans }] }),
  });
  expect(answer.status).toBe(200);
  await page.getByText("What Langfuse would not keep right: 1 error").waitFor();
  expect(await textOf(page, "#findings")).toContain("loses every span of this request");
  expect(await page.locator("#sink-state.good").count()).toBe(0);
  expect(trouble).toEqual([]);
  await page.close();
});

it("asks nothing while nothing happens", async () => {
  const page = await (await browser.newContext()).newPage();
  await page.clock.install();
  await page.goto(edge.url);
  await page.getByText("Nothing was sent here yet.").waitFor();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.clock.runFor("10:00");
  expect(asked).toEqual([]);
  await page.close();
});

it("says so when the edge is gone", async () => {
  const gone = await startEdge({ entry: "development" });
  const { page } = await openPage(await browser.newContext(), gone.url);
  await page.getByText("Nothing was sent here yet.").waitFor();
  await gone.stop();
  await page.getByText("The edge does not answer").waitFor();
  await page.close();
});

it("names the Langfuse of your keys, and has nothing to simulate there", async () => {
  // Nobody listens there; the page has to do with its edge only.
  const yours = await startEdge({ entry: "development", vars: keyVars("http://127.0.0.1:1") });
  const { page, trouble } = await openPage(await browser.newContext(), yours.url);
  await page.click("#run");
  await page.getByText("the edge delivers them to http://127.0.0.1:1").waitFor();
  expect(await page.locator("#behaviour").count()).toBe(0);
  expect(trouble).toEqual([]);
  await page.close();
  await yours.stop();
});
