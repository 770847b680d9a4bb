// One turn on an example's page, as its user sees it, and the trace that came of it.
import type { Browser } from "playwright-core";
import { expect } from "vitest";
import type { Overview } from "../../../src/dev/sink/view/answers.ts";
import type { SeenObservation } from "../../../src/dev/sink/view/answers.ts";
import { findings, observationOf, tracesArrived, treeOf } from "../../browser/support/sink.ts";
import { openPage } from "../../browser/support/watched-page.ts";
import { until } from "../../support/until.ts";

export const QUESTION = "What is an edge?";
export const ANSWER = "A server near the user.";

/** Asks on the page, until the answer stands there; nothing may go wrong on the way. The page stays open. */
export async function ask(browser: Browser, url: string): Promise<void> {
  const context = await browser.newContext();
  const { page, trouble } = await openPage(context, url);
  await page.fill("input", QUESTION);
  await page.click("button");
  await page.waitForSelector(`text="${ANSWER}"`);
  expect(trouble).toEqual([]);
}

export interface Traced {
  tree: string[];
  sessionId: string;
  observation: (name: string) => SeenObservation;
  all: SeenObservation[];
}

/** The only trace that the edge's sink has, when it has so many observations. */
export async function theTrace(edge: string, observations: number): Promise<Traced> {
  const sessionId = await until(async () => {
    const { traces } = (await (await fetch(`${edge}/sink/traces`)).json()) as Overview;
    return traces[0]?.sessionId;
  });
  const trace = await until(async () => {
    const [arrived] = await tracesArrived(edge, sessionId);
    return arrived !== undefined && arrived.nodes.length >= observations && arrived;
  });
  const { traces } = (await (await fetch(`${edge}/sink/traces`)).json()) as Overview;
  expect(traces).toHaveLength(1);
  expect(trace.roots).toHaveLength(1);
  expect(await findings(edge)).toEqual([]);
  const all = trace.nodes.map(({ observation }) => observation);
  const observation = (name: string) => observationOf(trace, name);
  return { tree: treeOf(trace), sessionId, all, observation };
}

export const BROWSERS_TREE = [
  "Research Assistant",
  "  frontend-ui-processing",
  "  frontend-backend-api-call",
  "  streaming-response",
];

export async function expectUseChatTrace(edge: string): Promise<void> {
  const { tree, observation } = await theTrace(edge, BROWSERS_TREE.length);
  expect(tree).toEqual(BROWSERS_TREE);
  expect(observation("Research Assistant")).toMatchObject({ output: ANSWER, level: "DEFAULT" });
  expect(observation("streaming-response")).toMatchObject({
    type: "generation",
    input: expect.stringContaining(QUESTION) as string,
    output: ANSWER,
    model: "simulated",
    usage: { input: 4, output: 5, total: 9 },
  });
}
