// The development page's delivery panel: the books, and dead letters that are replayed from it.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { keyVars } from "../support/post.ts";
import { type RecordingLangfuse, recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";
import { launchChromium } from "./support/chromium.ts";
import { openPage } from "./support/watched-page.ts";

let edge: RunningEdge;
let langfuse: RecordingLangfuse;
let browser: Browser;
let poisoned = true;
beforeAll(async () => {
  langfuse = await recordingLangfuse();
  langfuse.behave(({ body }) =>
    poisoned && JSON.stringify(body).includes('"name":"streaming-response"')
      ? { status: 400, body: '{"error":"not to my <b>taste</b>"}' }
      : "ok",
  );
  edge = await startEdge({ entry: "development", vars: keyVars(langfuse.url) });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await edge.stop();
  await langfuse.close();
});

it("shows what died and why, replays it, and shows that the books balance", async () => {
  const { page, trouble } = await openPage(await browser.newContext(), edge.url);
  await page.locator("#books", { hasText: "Nothing was counted yet." }).waitFor();
  await page.click("#run");
  await until(async () => {
    await page.click("#look-again");
    return (await page.locator("#letters li").count()) === 1;
  });
  expect(await page.locator("#books.warn").innerText()).toMatch(/, [1-9]\d* dead\. Balance 0\.$/);
  await page.locator("#letters summary").click();
  const letter = await page.locator("#letters li").innerText();
  for (const part of [
    "streaming-response",
    "refused",
    "not to my <b>taste</b>",
    "What is an edge proxy?",
  ]) {
    expect(letter).toContain(part);
  }
  poisoned = false;
  await page.getByRole("button", { name: "Replay", exact: true }).click();
  await until(async () => {
    await page.click("#look-again");
    const text = await page.locator("#books.soft").allInnerTexts();
    return text.some((line) => line.endsWith(", 0 pending, 0 dead. Balance 0."));
  });
  expect(await page.locator("#letters li").count()).toBe(0);
  expect(langfuse.spans().map(({ name }) => name)).toContain("streaming-response");
  expect(trouble).toEqual([]);
  await page.close();
});

it("takes no replay that a form of another site could send", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/json; x=1"]) {
    const headers = { "content-type": type };
    const answer = await fetch(`${edge.url}/dev/replay`, {
      method: "POST",
      headers,
      body: '{"all":true}',
    });
    expect(answer.status).toBe(415);
  }
});
