// The dashboard of the built production Worker, with nothing made up in between: seeded clients chat, a browser
// watches, and what it shows is what they sent.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reading } from "../../src/client/reading/load-reading.ts";
import { traceChat } from "../../src/client/chat.ts";
import { LangfuseProxy } from "../../src/client/index.ts";
import { newUser, planTurn, type TurnPlan } from "../../src/dev/traffic/plan-turn.ts";
import { randomOf } from "../../src/dev/traffic/random.ts";
import { type TrafficAction, turnRequests } from "../../src/dev/traffic/turn-requests.ts";
import { RELATIVE_ERROR } from "../../src/protocol/figures/dimensions.ts";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { basic, keyVars, post } from "../support/post.ts";
import { type RecordingLangfuse, recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";
import { launchChromium } from "./support/chromium.ts";
import { serve } from "./support/serve.ts";
import { openPage } from "./support/watched-page.ts";

/** So many that the ranks of p50 and p90 are whole: 30 and 54. */
const TURNS = 61;
const PRICES = { "demo-*": { input: 2.5, output: 10 } };
const SECRET = "a secret of thirty-two characters!!";

let edge: RunningEdge;
let langfuse: RecordingLangfuse;
let browser: Browser;
const plans: TurnPlan[] = [];

beforeAll(async () => {
  langfuse = await recordingLangfuse();
  edge = await startEdge({
    vars: {
      ...keyVars(langfuse.url),
      AUTH: "token",
      AUTH_TOKEN_SECRET: SECRET,
      MODEL_PRICES: JSON.stringify(PRICES),
    },
  });
  browser = await launchChromium();
  // Somebody looks already: figures are told sooner then.
  await fetch(`${edge.url}/api/langfuse/figures`, { headers: { authorization: basic() } });
  const random = randomOf(20);
  plans.push(
    ...Array.from({ length: TURNS }, (_, i) => planTurn(random, newUser(random), i / TURNS)),
  );
  const waiting = [...plans];
  const lane = async (): Promise<void> => {
    for (let plan = waiting.pop(); plan !== undefined; plan = waiting.pop()) {
      const requests = turnRequests(plan, Date.now() - 60_000);
      await sendAll(
        plan,
        requests.flatMap(({ actions }) => actions),
      );
    }
  };
  await Promise.all(Array.from({ length: 6 }, lane));
});
afterAll(async () => {
  await browser.close();
  await edge.stop();
  await langfuse.close();
});

async function sendAll({ user }: TurnPlan, actions: readonly TrafficAction[]): Promise<void> {
  const { status, body } = await post(edge.url, {
    sessionId: user.sessionId,
    sentAt: Date.now(),
    actions,
  });
  expect([status, status === 200 ? "" : JSON.stringify(body)]).toEqual([200, ""]);
}

/** As `npx langfuse-edge dashboard` gets it: a code that is good once. */
async function readCode(): Promise<string> {
  const answer = await fetch(`${edge.url}/api/langfuse/token`, {
    method: "POST",
    headers: { authorization: basic(), "content-type": "application/json" },
    body: '{"scope":"read","once":true}',
  });
  return (await answer.json<{ code: string }>()).code;
}

async function openDashboard(): Promise<{ page: Page; trouble: string[] }> {
  const context = await browser.newContext({ locale: "en-US" });
  const opened = await openPage(context, `${edge.url}/dashboard#code=${await readCode()}`);
  await opened.page.locator("#lamp.good").waitFor();
  return opened;
}

async function show(page: Page, view: string): Promise<void> {
  await page.evaluate(`location.hash = "#/${view}"`);
  await page.locator(`#view-${view.replace(/\?.*/, "")}[aria-current]`).waitFor();
  await page.locator("#view .card").first().waitFor();
}

/** What a tile says, as it is read. */
const tileOf = async (page: Page, name: string, options = {}): Promise<string> =>
  page
    .locator(".tile", { has: page.getByText(name, { exact: true }) })
    .locator(".tile-value")
    .innerText(options);

/** `640 ms` and `1.23 s` as ms. */
function ms(text: string): number {
  const [, digits = "", unit = ""] = /^([\d.]+) (ms|s)$/.exec(text) ?? [];
  return Number(digits) * (unit === "s" ? 1000 : 1);
}

describe("what it shows", () => {
  it("is what was sent: counts exactly, percentiles within the sketch's error", async () => {
    const { page, trouble } = await openDashboard();
    await until(async () => {
      await show(page, "cost");
      await show(page, "speed");
      return (await tileOf(page, "Turns", { timeout: 5_000 }).catch(() => "")) === String(TURNS);
    });
    const failed = plans.filter(({ outcome }) => outcome === "failed").length;
    const tile = page.locator(".tile", { has: page.getByText("Failed", { exact: true }) });
    expect(await tile.locator(".tile-more").innerText()).toBe(String(failed));
    expect(await tileOf(page, "Users")).toBe(
      String(new Set(plans.map(({ user }) => user.id)).size),
    );
    const waits = plans
      .map(({ at }) => Math.round(at.firstToken * 10) / 10 - Math.round(at.request * 10) / 10)
      .sort((a, b) => a - b);
    const card = page.locator('[data-metric="time_to_first_token"] .percentiles');
    const p50 = await card.locator(".main").innerText();
    const p90 = await card.locator("b").first().innerText();
    // Three digits are shown of what is within the sketch's error.
    const near = (shown: string, value = 0): number => Math.abs(ms(shown) - value) / value;
    expect(near(p50, waits[30])).toBeLessThan(RELATIVE_ERROR + 0.005);
    expect(near(p90, waits[54])).toBeLessThan(RELATIVE_ERROR + 0.005);

    await show(page, "cost");
    const sum = (read: (plan: TurnPlan) => number): number =>
      plans.reduce((all, plan) => all + read(plan), 0);
    const dollars = sum(({ tokens }) => (tokens.input * 2.5 + tokens.output * 10) / 1e6);
    expect(Number((await tileOf(page, "Cost")).slice(1))).toBeCloseTo(dollars, 1);
    expect(await tileOf(page, "Input tokens")).toBe(
      sum(({ tokens }) => tokens.input).toLocaleString("en"),
    );

    await show(page, "tools");
    const calls = new Map<string, number>();
    for (const { tools } of plans) {
      for (const { tool } of tools) calls.set(tool.name, (calls.get(tool.name) ?? 0) + 1);
    }
    const rows = await page
      .locator("tbody tr")
      .evaluateAll<string[], SVGElement | HTMLElement>((all) =>
        all.map((row) => (row as unknown as { innerText: string }).innerText),
      );
    const shown = new Map(
      rows.map((row) => {
        const [name = "", count = ""] = row.split(/\s+/);
        return [name, Number(count)];
      }),
    );
    expect(shown).toEqual(calls);

    await show(page, "delivery");
    expect(await tileOf(page, "Dead")).toBe("0");
    await page.getByText("The books balance").waitFor();
    expect(trouble).toEqual([]);
    await page.context().close();
  });
});

describe("while they chat", () => {
  const session = (key: string): { plan: TurnPlan; requests: ReturnType<typeof turnRequests> } => {
    const random = randomOf(key.length * 97);
    const user = { ...newUser(random), sessionId: `live-${key}` };
    const plan = { ...planTurn(random, user, 1), key, outcome: "completed" as const };
    return { plan, requests: turnRequests(plan, Date.now()) };
  };

  it("two watchers see each turn while it goes on, and its end", async () => {
    const [one, two] = [await openDashboard(), await openDashboard()];
    const { plan, requests } = session("a-turn-that-is-watched");
    const [first, second, ...rest] = requests;
    const line = ({ page }: typeof one) =>
      page.locator(".turn-line", { hasText: "live-a-turn-that" });
    await sendAll(plan, first?.actions ?? []);
    await Promise.all([line(one).waitFor(), line(two).waitFor()]);
    expect(await line(one).innerText()).toContain("under way");
    // Langfuse has none of it yet.
    expect(JSON.stringify(langfuse.requests)).not.toContain(plan.user.sessionId);
    await line(one).click();
    await one.page.locator(".row", { hasText: "frontend-backend-api-call" }).waitFor();
    await sendAll(plan, second?.actions ?? []);
    await one.page.locator(".row", { hasText: "streaming-response" }).waitFor();
    await sendAll(
      plan,
      rest.flatMap(({ actions }) => actions),
    );
    await Promise.all([
      line(one).getByText("completed").waitFor(),
      line(two).getByText("completed").waitFor(),
    ]);
    expect([...one.trouble, ...two.trouble]).toEqual([]);
    await one.page.context().close();
    await two.page.context().close();
  });

  it("shows the answer of a page with the library while it streams", async () => {
    // In a page it is a file; here it is translated first, on a machine that has much to do.
    await reading.load();
    const { page } = await openDashboard();
    let go = (): void => undefined;
    const rest = new Promise<void>((resolve) => (go = resolve));
    const chat = await serve((_request, response) => {
      const chunk = (content: string): string =>
        `data: ${JSON.stringify({ model: "demo-1", choices: [{ index: 0, delta: { content } }] })}\n\n`;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(chunk("An edge "));
      void rest.then(() => response.end(`${chunk("proxy.")}data: [DONE]\n\n`));
    });
    const identity = await fetch(`${edge.url}/api/langfuse/token`, {
      method: "POST",
      headers: { authorization: basic(), "content-type": "application/json" },
      body: '{"sessionId":"library-session","userId":"ada"}',
    });
    const client = new LangfuseProxy({
      endpoint: `${edge.url}/api/langfuse/trace`,
      ...(await identity.json<object>()),
    });
    const turn = traceChat({ client, message: "What?", assistantName: "Library" });
    const answer = await turn.fetch(chat.url, { method: "POST", body: "{}" });
    const text = answer.text();
    await page.locator(".turn-line", { hasText: "library-session" }).click();
    await page.locator(".row", { hasText: "streaming-response" }).waitFor();
    await page.locator(".row .mark:visible").waitFor();
    expect(await page.locator(".turn-line", { hasText: "library-session" }).innerText()).toContain(
      "under way",
    );
    go();
    await text;
    await page
      .locator(".turn-line", { hasText: "library-session" })
      .getByText("completed")
      .waitFor();
    await chat.close();
    await page.context().close();
  });

  it("shows no text of theirs to whoever has a read token, unless the setting says so", async () => {
    const { page } = await openDashboard();
    const { plan, requests } = session("private");
    await sendAll(
      plan,
      requests.flatMap(({ actions }) => actions),
    );
    const line = page.locator(".turn-line", { hasText: "live-private" });
    await line.click();
    await page.locator(".row", { hasText: "streaming-response" }).click();
    await page.locator(".detail dl:visible").first().waitFor();
    expect(await page.locator("#view").innerText()).not.toContain(plan.question);
    await page.context().close();
  });

  it("gets no markup and no script from whoever names things, on the whole way", async () => {
    const evil = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
    const { plan, requests } = session("hostile");
    const actions = requests.flatMap(({ actions }) => actions);
    for (const { action, data } of actions) {
      if ("name" in data) data["name"] = `${evil} ${action}`;
      if (action === "create_trace") {
        Object.assign(data, {
          userId: evil,
          release: evil,
          tags: [evil],
          metadata: { source: evil, [`experiment_${evil}`]: evil },
        });
      }
      if (action === "end_generation")
        Object.assign(data, {
          model: evil,
          level: "ERROR",
          statusMessage: evil,
          metadata: { stack: evil, type: evil },
        });
    }
    plan.user.sessionId = `hostile ${evil}`;
    const { page, trouble } = await openDashboard();
    await sendAll(plan, actions);
    await page.locator(".turn-line", { hasText: "onerror" }).first().click();
    await until(async () => {
      await show(page, "cost");
      await show(page, "errors");
      return (await page.locator("#view").innerText()).includes("onerror");
    });
    for (const view of [
      "live",
      "speed?by=assistant",
      "tools",
      "experiments",
      "cost",
      "errors",
      "delivery",
    ]) {
      await show(page, view);
      for (const summary of await page.locator("summary:visible").all()) await summary.click();
      expect(await page.locator("#view :is(img, script, iframe, object, style)").count()).toBe(0);
      expect(await page.title()).not.toBe("owned");
    }
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it("has a code that is good once", async () => {
    const code = await readCode();
    const open = async (): Promise<Page> => {
      const context = await browser.newContext({ locale: "en-US" });
      return (await openPage(context, `${edge.url}/dashboard#code=${code}`)).page;
    };
    const first = await open();
    await first.locator("#lamp.good").waitFor();
    const second = await open();
    await second.getByRole("button", { name: "Sign in" }).waitFor();
    await first.context().close();
    await second.context().close();
  });
});
