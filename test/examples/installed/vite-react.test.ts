import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../src/dev/command/free-port.ts";
import { launchChromium } from "../../browser/support/chromium.ts";
import { type RunningEdge, startEdge } from "../../support/edge-process.ts";
import { ask, expectUseChatTrace } from "../support/chat-page.ts";
import { copyExample, type ExampleCopy } from "../support/example-copy.ts";
import { installPackages, runIn } from "../support/install.ts";
import { startProgram } from "../support/program.ts";

let app: ExampleCopy;
let edge: RunningEdge;
let browser: Browser;
beforeAll(async () => {
  app = copyExample("vite-react");
  installPackages(app.path);
  edge = await startEdge({ entry: "development" });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await edge.stop();
  app.remove();
});

test("is built by its own packages, and what is built is traced", async () => {
  expect(runIn(app.path, ["npm", "run", "build"])).toContain("built in");
  const [backendPort, port] = [await freePort(), await freePort(9000)];
  const backend = await startProgram(["npm", "run", "backend"], {
    cwd: app.path,
    port: backendPort,
    env: { PORT: String(backendPort) },
  });
  onTestFinished(backend.stop);
  const args = ["npm", "run", "preview", "--", "--host", "127.0.0.1", "--port", String(port)];
  const env = { EDGE_URL: edge.url, BACKEND_URL: backend.url };
  const site = await startProgram(args, { cwd: app.path, port, env });
  onTestFinished(site.stop);
  await ask(browser, site.url);
  await expectUseChatTrace(edge.url);
});
