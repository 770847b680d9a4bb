import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../browser/support/chromium.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { ownPort } from "../support/own-port.ts";
import { ANSWER, ask, BROWSERS_TREE, QUESTION, theTrace } from "./support/chat-page.ts";
import { type Program, startProgram } from "./support/program.ts";

let edge: RunningEdge;
let site: Program;
let browser: Browser;
beforeAll(async () => {
  edge = await startEdge({ entry: "development" });
  const port = await ownPort();
  const env = { PORT: String(port), EDGE_URL: edge.url };
  site = await startProgram(["npm", "start"], { cwd: "examples/script-tag", port, env });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await site.stop();
  await edge.stop();
});

test("the script tag's page is traced, with the edge at another origin", async () => {
  await ask(browser, site.url);
  const { tree, observation } = await theTrace(edge.url, 4);
  expect(tree).toEqual(BROWSERS_TREE);
  expect(observation("Research Assistant")).toMatchObject({
    input: JSON.stringify({ message: QUESTION }),
    output: ANSWER,
    level: "DEFAULT",
  });
  expect(observation("streaming-response")).toMatchObject({ type: "generation", output: ANSWER });
});
