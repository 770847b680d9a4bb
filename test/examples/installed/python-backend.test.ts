import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../../src/demo/command/free-port.ts";
import { SINK_KEYS } from "../../../src/sink/keys.ts";
import { launchChromium } from "../../browser/support/chromium.ts";
import { startEdge } from "../../support/edge-process.ts";
import { ANSWER, ask, QUESTION, theTrace } from "../support/chat-page.ts";
import { copyExample, type ExampleCopy } from "../support/example-copy.ts";
import { runIn } from "../support/install.ts";
import { startProgram } from "../support/program.ts";

const BACKEND = "backend-assistant-Research Assistant";

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
  ["the official SDK", join(".venv", "bin", "python"), "backend_sdk.py"],
])("joins the trace of the script tag's page with %s", async (_, python, file) => {
  const edge = await startEdge({ entry: "development" });
  const [backendPort, port] = [await freePort(), await freePort(9000)];
  const backend = await startProgram([python, file, String(backendPort)], {
    cwd: app.path,
    port: backendPort,
    env: {
      LANGFUSE_PUBLIC_KEY: SINK_KEYS.publicKey,
      LANGFUSE_SECRET_KEY: SINK_KEYS.secretKey,
      LANGFUSE_BASE_URL: `${edge.url}/sink`,
    },
  });
  const site = await startProgram(["npm", "start"], {
    cwd: "examples/script-tag",
    port,
    env: { PORT: String(port), EDGE_URL: edge.url, BACKEND_URL: backend.url },
  });
  try {
    await ask(browser, site.url);
    const { tree, all, sessionId, observation } = await theTrace(edge.url, 6);
    expect(tree).toEqual([
      "Research Assistant",
      "  frontend-ui-processing",
      "  frontend-backend-api-call",
      `    ${BACKEND}`,
      "      llm-call",
      "  streaming-response",
    ]);
    expect(observation(BACKEND)).toMatchObject({
      input: QUESTION,
      output: ANSWER,
      level: "DEFAULT",
      // The SDK sends texts as JSON, which Langfuse reads as it reads the bare word.
      metadata: { source: expect.stringMatching(/^"?backend-api"?$/) as string },
    });
    expect(observation("llm-call")).toMatchObject({
      type: "generation",
      model: "simulated",
      output: ANSWER,
      usage: { input: 4, output: 5 },
      timeToFirstTokenMs: expect.any(Number) as number,
    });
    for (const one of all) {
      expect(one, one.name).toMatchObject({ sessionId, traceName: "Research Assistant" });
    }
  } finally {
    await site.stop();
    await backend.stop();
    await edge.stop();
  }
});
