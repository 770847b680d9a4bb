// The demo's page as people use it: they choose, send, stop, and see the tree of the turn.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoBackends, demoBackends, HAS_PYTHON } from "../support/demo-backends.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { keyVars } from "../support/post.ts";
import { launchChromium } from "./support/chromium.ts";
import { openPage } from "./support/watched-page.ts";

let edge: RunningEdge;
let backends: DemoBackends;
let browser: Browser;
beforeAll(async () => {
  backends = await demoBackends(30);
  edge = await startEdge({ entry: "development", vars: backends.vars });
  await backends.start(edge.url);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await edge.stop();
  await backends.stop();
});

interface Row {
  name: string;
  tags: string[];
}

/** The rows of the shown turn's waterfall by name, once it has its root and both halves. */
async function rowsOf(page: Page, observations: number): Promise<Row[]> {
  await page
    .locator("#trace .row")
    .nth(observations - 1)
    .waitFor();
  await page.getByText("one root").waitFor();
  const rows = await page.locator("#trace .row").all();
  const read = rows.map(async (row) => ({
    name: await row.locator(".text").innerText(),
    tags: await row.locator(".tag").allInnerTexts(),
  }));
  return (await Promise.all(read)).sort(byName);
}

const byName = (a: Row, b: Row): number => (a.name < b.name ? -1 : 1);
const rowOf = (rows: readonly Row[], name: string) => rows.find((row) => row.name === name);

const NAMED = "Travel Planner";
const expected = (...errors: string[]): Row[] =>
  [
    [NAMED, "frontend"],
    ["frontend-ui-processing", "frontend"],
    ["frontend-backend-api-call", "frontend"],
    [`backend-assistant-${NAMED}`, "backend"],
    ["llm-call", "backend"],
    ["streaming-response", "frontend"],
  ]
    .map(([name = "", half = ""]) => ({
      name,
      tags: errors.includes(name) ? [half, "error"] : [half],
    }))
    .sort(byName);

describe.each(["node", "python"])("with the %s backend", (backend) => {
  const turn = it.skipIf(backend === "python" && !HAS_PYTHON);

  turn("shows what the turn measured and its tree, whoever wrote it", async () => {
    const { page, trouble } = await openPage(await browser.newContext(), `${edge.url}/demo`);
    await page.check(`#backend-${backend}`);
    await page.fill("#assistant", NAMED);
    await page.fill("#message", "Where is the secret key?");
    await page.click("#send");
    await page.getByText("A page can keep no secret").waitFor();
    expect(await rowsOf(page, 6)).toEqual(expected());
    await page.getByText("as Langfuse has it").waitFor();
    const tiles = await page.locator(".tile").allInnerTexts();
    expect(tiles.map((tile) => tile.replace(/[\d.]+/g, "N"))).toEqual([
      "First chunk\nN ms",
      "Backend answers\nN ms",
      expect.stringMatching(/^Streaming\nN m?s$/),
      "Chunk rate\nN /s",
      "Tokens in + out\nN + N",
      "Cost\n$N",
      "Kept by the edge\nN ms",
    ]);
    const marks = await page.locator("#marks .time").allInnerTexts();
    expect(marks.filter((time) => !/^[\d.]+ m?s$/.test(time))).toEqual([]);
    expect(trouble).toEqual([]);
    await page.close();
  });

  turn("shows the tool that is called, the tone, and takes the user's word on it", async () => {
    const { page, trouble } = await openPage(await browser.newContext(), `${edge.url}/demo`);
    await page.check(`#backend-${backend}`);
    await page.selectOption("#tone", "friendly");
    await page.fill("#message", "What time is it?");
    await page.click("#send");
    await page.getByText("good to see you").waitFor();
    await page.locator(".tool", { hasText: /^clock {"zone":"UTC"} → {"time":"20/ }).waitFor();
    await page.locator("#trace .row", { hasText: "clock" }).first().waitFor();
    await page.getByText("tone:friendly").waitFor();
    for (const [name, value] of [
      ["Helpful", "1"],
      ["Not helpful", "0"],
    ] as const) {
      await page.getByRole("button", { name, exact: true }).click();
      await page.locator("#trace .facts", { hasText: `score user-feedback ${value}` }).waitFor();
    }
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await page.locator("#trace .row", { hasText: "copied" }).waitFor();
    expect(trouble).toEqual([]);
    await page.close();
  });

  turn("shows an error of the page's own under the answer, which it outlives", async () => {
    const { page, trouble } = await openPage(await browser.newContext(), `${edge.url}/demo`);
    await page.check(`#backend-${backend}`);
    await page.fill("#assistant", NAMED);
    await page.selectOption("#fails", "page");
    await page.click("#send");
    await page.getByText("the answer could not be drawn, an error of this page").waitFor();
    const rows = await rowsOf(page, 7);
    expect(rowOf(rows, "frontend-error")?.tags).toEqual(["frontend", "error"]);
    expect(rowOf(rows, NAMED)?.tags).toEqual(["frontend"]);
    await page.locator("#trace .row", { hasText: "frontend-error" }).click();
    const detail = page.locator("#trace .detail", { hasText: "the answer could not be drawn" });
    await detail.waitFor();
    expect(await detail.innerText()).toMatch(/there is no line 7[^]*fingerprint: [\da-f]{16}/);
    expect(trouble).toEqual([]);
    await page.close();
  });

  turn("shows an answer that breaks off as an error in both halves", async () => {
    const { page, trouble } = await openPage(await browser.newContext(), `${edge.url}/demo`);
    await page.check(`#backend-${backend}`);
    await page.fill("#assistant", NAMED);
    await page.selectOption("#fails", "midway");
    await page.click("#send");
    await page.getByText("the simulated model broke off").first().waitFor();
    expect(await rowsOf(page, 6)).toEqual(
      expected(NAMED, `backend-assistant-${NAMED}`, "llm-call", "streaming-response"),
    );
    expect(trouble).toEqual([]);
    await page.close();
  });
});

it("shows both variants of the experiment, each with its tag in both halves", async () => {
  const { page, trouble } = await openPage(await browser.newContext(), `${edge.url}/demo`);
  await page.check("#backend-node");
  // Assigned in the browser, and the same after a reload.
  const assigned = page.locator("#tone option", { hasText: /^as assigned: (plain|friendly)$/ });
  const word = await assigned.textContent();
  await page.reload();
  expect(await assigned.textContent()).toBe(word);
  await page.check("#backend-node");
  for (const tone of ["plain", "friendly"]) {
    await page.selectOption("#tone", tone);
    await page.click("#send");
    await page.locator("#trace .facts", { hasText: `tone:${tone}` }).waitFor();
    await rowsOf(page, 6);
    for (const name of ["llm-call", "streaming-response"]) {
      await page.locator("#trace .row", { hasText: name }).click();
      const detail = page.locator("#trace .detail", { hasText: `experiment_tone: ${tone}` });
      await detail.first().waitFor();
      await page.locator("#trace .row", { hasText: name }).click();
    }
  }
  expect(trouble).toEqual([]);
  await page.close();
});

it("says what it will show before the first turn, and shows what is known while it streams", async () => {
  const { page, trouble } = await openPage(await browser.newContext(), `${edge.url}/demo`);
  await page.getByText("What you will see here").waitFor();
  expect(await page.locator("#measures").isVisible()).toBe(false);
  await page.check("#backend-node");
  await page.click("#send");
  await page.locator(".tile", { hasText: "so far" }).waitFor();
  expect(await page.getByText("What you will see here").isVisible()).toBe(false);
  // The text of all of them: each is replaced by a new one while it streams.
  const tiles = await page.locator("#tiles").innerText();
  const pairs = tiles.replace(/[\d.]+/g, "N").matchAll(/(.+)\n+(.+)/g);
  expect([...pairs].map(([, name, value]) => `${name}: ${value}`)).toEqual([
    "First chunk: N ms",
    "Backend answers: N ms",
    expect.stringMatching(/^Streaming: N m?s$/),
    expect.stringMatching(/^Chunk rate: (N \/s|…)$/),
    "Tokens in + out: N so far",
    "Cost: …",
    "Kept by the edge: N ms",
  ]);
  await page.click("#stop");
  await page.getByText("one root").waitFor();
  expect(trouble).toEqual([]);
  await page.close();
});

it("asks nothing while nothing happens, after a turn too", async () => {
  const page = await (await browser.newContext()).newPage();
  await page.clock.install();
  await page.goto(`${edge.url}/demo`);
  await page.locator("#send:not([disabled])").click();
  await page.locator("#trace .row").nth(5).waitFor();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  for (let minute = 0; minute < 10; minute += 1) {
    await page.clock.runFor("01:00");
    // A question of the test's own: one of the page's would have been answered meanwhile.
    await page.evaluate(async () => (await fetch("/sink/findings")).text());
  }
  expect(asked.filter((path) => path === "/sink/findings")).toHaveLength(10);
  // The last change may still be on its way.
  expect(asked.length - 10).toBeLessThan(3);
  await page.close();
});

it("stops an answer, which is no error, and shows an earlier turn again", async () => {
  const { page, trouble } = await openPage(await browser.newContext(), `${edge.url}/demo`);
  await page.check("#backend-node");
  await page.fill("#assistant", NAMED);
  await page.click("#send");
  await page.getByText("I am Travel").waitFor();
  await page.click("#stop");
  await page.getByText("stopped by you").waitFor();
  expect(rowOf(await rowsOf(page, 6), NAMED)?.tags).toEqual(["frontend"]);

  await page.fill("#assistant", "Another One");
  await page.press("#message", "Enter");
  await page.getByText("I am Another One").waitFor();
  expect(rowOf(await rowsOf(page, 6), "Another One")?.tags).toEqual(["frontend"]);
  await page.locator(".answer").first().click();
  await page.locator("#trace h3", { hasText: NAMED }).waitFor();
  expect(rowOf(await rowsOf(page, 6), NAMED)?.tags).toEqual(["frontend"]);
  expect(trouble).toEqual([]);
});

it("names the Langfuse and the trace where keys are set, since the sink does not have it", async () => {
  // Nobody listens there; the page has to do with its edge only.
  const vars = { ...backends.vars, ...keyVars("http://127.0.0.1:1") };
  const configured = await startEdge({ entry: "development", vars });
  const { page, trouble } = await openPage(await browser.newContext(), `${configured.url}/demo`);
  await page.locator("#send:not([disabled])").click();
  await page.getByText("Keys are set, so this trace goes to your Langfuse").waitFor();
  expect(await page.locator("#trace").innerText()).toMatch(/127\.0\.0\.1:1.*[0-9a-f]{32}/);
  expect(trouble).toEqual([]);
  await page.close();
  await configured.stop();
});
