import type { Browser } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { launchChromium } from "../../browser/support/chromium.ts";
import { copyExample, type ExampleCopy } from "../support/example-copy.ts";
import { runIn } from "../support/install.ts";
import { expectJoined } from "../support/joined-turn.ts";

let app: ExampleCopy;
let browser: Browser;
beforeAll(async () => {
  app = copyExample("python-backend");
  runIn(app.path, ["python3", "-m", "venv", ".venv"]);
  runIn(app.path, [".venv/bin/pip", "install", "--quiet", "-r", "requirements.txt"]);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  app.remove();
});

test.each([
  ["the standard library", "python3", "backend_stdlib.py"],
  ["the official SDK", ".venv/bin/python", "backend_sdk.py"],
])("Python joins the trace of the script tag's page with %s", async (_, python, file) => {
  const command = (port: number): string[] => [python, file, String(port)];
  await expectJoined(browser, { cwd: app.path, command });
});
