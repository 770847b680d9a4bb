import type { Browser } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { launchChromium } from "../../browser/support/chromium.ts";
import { copyExample, type ExampleCopy } from "../support/example-copy.ts";
import { runIn } from "../support/install.ts";
import { expectJoined } from "../support/joined-turn.ts";

let app: ExampleCopy;
let browser: Browser;
beforeAll(async () => {
  app = copyExample("hono-backend");
  runIn(app.path, ["npm", "install", "--no-audit", "--no-fund"]);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  app.remove();
});

test("Hono on Node joins the trace of the script tag's page, and has the right types", async () => {
  runIn(app.path, ["npx", "tsc"]);
  await expectJoined(browser, { cwd: app.path, command: () => ["npm", "start"] });
});
