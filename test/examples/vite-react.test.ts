// With the repository's own packages; `npm run test:examples` installs the example's.
import { execFileSync } from "node:child_process";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { launchChromium } from "../browser/support/chromium.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { ownPort } from "../support/own-port.ts";
import { copyExample, type ExampleCopy, linkPackages } from "./support/example-copy.ts";
import { packLibrary, unpackLibrary } from "./support/packed-library.ts";
import { type Program, startProgram } from "./support/program.ts";
import { ask, expectUseChatTrace } from "./support/chat-page.ts";

let app: ExampleCopy;
let edge: RunningEdge;
let backend: Program;
let browser: Browser;
beforeAll(async () => {
  app = copyExample("vite-react");
  linkPackages(app.path);
  unpackLibrary(packLibrary(app.path), app.path);
  edge = await startEdge({ entry: "development" });
  const port = await ownPort();
  const env = { PORT: String(port) };
  backend = await startProgram(["node", "backend.ts"], { cwd: app.path, port, env });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await backend.stop();
  await edge.stop();
  app.remove();
});

test("useChat is traced through the proxy of Vite's dev server", async () => {
  const port = await ownPort();
  const site = await startProgram(["vite", "--port", String(port)], {
    cwd: app.path,
    port,
    env: { EDGE_URL: edge.url, BACKEND_URL: backend.url },
  });
  onTestFinished(site.stop);
  await ask(browser, site.url);
  await expectUseChatTrace(edge.url);
});

test("the example's types are right, and it is built", () => {
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, {
      cwd: app.path,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  run("tsc");
  expect(run("vite", "build")).toContain("built in");
});
