import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { ownerOf, ownerTag } from "../../../src/protocol/ids.ts";
import { SINK_KEYS } from "../../../src/dev/sink/access.ts";
import { freePort } from "../../../src/dev/command/free-port.ts";
import { launchChromium } from "../../browser/support/chromium.ts";
import { type RunningEdge, startEdge } from "../../support/edge-process.ts";
import { ANSWER, ask, BROWSERS_TREE, QUESTION, theTrace } from "../support/chat-page.ts";
import { copyExample, type ExampleCopy } from "../support/example-copy.ts";
import { installPackages, runIn } from "../support/install.ts";
import { startProgram } from "../support/program.ts";

const USER = "ada@example.com";

let app: ExampleCopy;
let browser: Browser;
beforeAll(async () => {
  app = copyExample("nextjs");
  installPackages(app.path);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  app.remove();
});

/** An edge that lets in the pages of one origin, with a token. */
const edgeFor = (origin: string): Promise<RunningEdge> =>
  startEdge({
    entry: "development",
    vars: {
      AUTH: "token",
      AUTH_TOKEN_SECRET: "of the example's edge, for its own tokens",
      ALLOWED_ORIGINS: origin,
    },
  });

async function expectTraced(edge: RunningEdge): Promise<void> {
  const { tree, all, observation } = await theTrace(edge.url, BROWSERS_TREE.length);
  expect(tree).toEqual(BROWSERS_TREE);
  expect(observation("Research Assistant")).toMatchObject({
    input: JSON.stringify({ message: QUESTION }),
    output: ANSWER,
    level: "DEFAULT",
  });
  expect(new Set(all.map(({ userId }) => userId))).toEqual(new Set([USER]));
  const tag = ownerTag(SINK_KEYS.publicKey, ownerOf({ userId: USER }));
  expect(observation("Research Assistant").metadata["langfuse_edge_trace_id"]).toMatch(
    new RegExp(`^ui2-.*\\.${tag}$`),
  );
  expect(edge.log()).not.toMatch(/"status":4/);
}

test.each([
  ["the built app", "start"],
  ["the dev server", "dev"],
])("%s is traced, by a rewrite to the edge and a token from a route handler", async (_, script) => {
  const port = await freePort(3000);
  const edge = await edgeFor(`http://127.0.0.1:${port}`);
  onTestFinished(edge.stop);
  const env = { EDGE_URL: edge.url };
  if (script === "start") {
    expect(runIn(app.path, ["npm", "run", "build"], env)).toContain("/api/langfuse/token");
  }
  const args = ["npm", "run", script, "--", "--hostname", "127.0.0.1", "--port", String(port)];
  const site = await startProgram(args, { cwd: app.path, port, env });
  onTestFinished(site.stop);
  await ask(browser, site.url);
  await expectTraced(edge);
});
