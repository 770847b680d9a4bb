// The script tag's page with a backend of another example behind it, which writes its half of the trace.
import type { Browser } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { freePort } from "../../../src/dev/command/free-port.ts";
import { SINK_KEYS } from "../../../src/dev/sink/access.ts";
import { startEdge } from "../../support/edge-process.ts";
import { ANSWER, ask, QUESTION, theTrace } from "./chat-page.ts";
import { startProgram } from "./program.ts";

const BACKEND = "backend-assistant-Research Assistant";

export interface JoiningBackend {
  cwd: string;
  /** Starts it at a port. */
  command: (port: number) => readonly string[];
}

export async function expectJoined(browser: Browser, joining: JoiningBackend): Promise<void> {
  const edge = await startEdge({ entry: "development" });
  onTestFinished(edge.stop);
  const [backendPort, port] = [await freePort(), await freePort(9000)];
  const backend = await startProgram(joining.command(backendPort), {
    cwd: joining.cwd,
    port: backendPort,
    env: {
      PORT: String(backendPort),
      LANGFUSE_PUBLIC_KEY: SINK_KEYS.publicKey,
      LANGFUSE_SECRET_KEY: SINK_KEYS.secretKey,
      LANGFUSE_BASE_URL: `${edge.url}/sink`,
    },
  });
  onTestFinished(backend.stop);
  const site = await startProgram(["npm", "start"], {
    cwd: "examples/script-tag",
    port,
    env: { PORT: String(port), EDGE_URL: edge.url, BACKEND_URL: backend.url },
  });
  onTestFinished(site.stop);
  await ask(browser, site.url);
  await expectOneTrace(edge.url);
}

async function expectOneTrace(edge: string): Promise<void> {
  const { tree, all, sessionId, observation } = await theTrace(edge, 6);
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
    // Python's SDK sends texts as JSON, which Langfuse reads as it reads the bare word.
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
}
