// An open dashboard and an edge of another version: a deploy, or its way back, changes what the edge tells, and the
// page that is open stays what it was.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildIn, markBuild } from "../../src/dashboard/build-mark.ts";
import { until } from "../support/until.ts";
import { figures } from "./support/dashboard/figures.ts";
import { liveTurn } from "./support/dashboard/live-turns.ts";
import { dashboardLab, type DashboardLab, shown, tell, VIEWS } from "./support/dashboard/open.ts";

let lab: DashboardLab;
beforeAll(async () => {
  lab = await dashboardLab();
});
afterAll(() => lab.close());

describe("frames of another version", () => {
  it("are shown as far as they are known, and those after them too", async () => {
    const began = Date.now() - 900;
    const { page, sockets, acks, trouble, context } = await lab.open("#/live", {
      turns: [liveTurn("a", began, { name: "Ada" })],
    });
    await page.locator(".turn-line").getByText("Ada").click();
    const odd = { ...liveTurn("b", began), name: null, tags: [null], scores: null, mood: {} };
    for (const [at, message] of [
      { type: "weather", sky: "grey" },
      { type: "turns", turns: null },
      { type: "turns", turns: [null, { traceId: 7 }, odd] },
      {
        type: "turns",
        turns: [{ ...liveTurn("a", began, { name: "Ada" }), observations: [null] }],
      },
      { type: "skipped" },
    ].entries()) {
      tell(sockets[0], { n: at + 2, ...message });
    }
    sockets[0]?.send("what is this");
    await page.locator(".turn-line").getByText("(no name)").waitFor();
    tell(sockets[0], { type: "turns", n: 7, turns: [liveTurn("c", began, { name: "Cleo" })] });
    await page.locator(".turn-line").getByText("Cleo").waitFor();
    await until(() => acks.includes('{"ack":7}'));
    expect(trouble).toEqual([]);
    await context.close();
  });
});

/** Null in the place of each text, and nothing in the place of each list of texts. */
const withoutTexts = (value: unknown): unknown => {
  if (typeof value === "string") return null;
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [name, withoutTexts(inner)]);
  return { ...Object.fromEntries(entries), mood: "fine" };
};

describe("figures of another version", () => {
  it.each(VIEWS.filter((view) => view !== "live"))(
    "leave %s with what it had, and a word of why, until they are understood",
    async (view) => {
      let isOdd = false;
      const { page, context } = await lab.open(`#/${view}`, {
        figures: (url) => {
          const whole = figures(undefined, url.searchParams.get("by"));
          return { body: isOdd ? withoutTexts(whole) : whole };
        },
      });
      await shown(page);
      await page.evaluate("document.querySelector('#view .card').dataset.before = ''");
      const cards = await page.locator("#view .card").count();
      const again = () => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      isOdd = true;
      await again();
      // Some views can do without those texts.
      await page
        .locator("#lamp.bad", { hasText: "not understood" })
        .or(page.locator("#view:not(:has([data-before]))"))
        .waitFor();
      expect(await page.locator("#view .card").count()).toBe(cards);
      isOdd = false;
      await again();
      await page.locator("#lamp.good").waitFor();
      await page.locator("#problem").waitFor({ state: "hidden" });
      await context.close();
    },
  );

  it("that can't be drawn at all are no end: the page says so, and asks again", async () => {
    let body: unknown = { times: [], total: {} };
    const { page, context } = await lab.open("#/speed", { figures: () => ({ body }) });
    await page.getByText("does not understand the edge's answer").waitFor();
    expect(await page.locator("#lamp").innerText()).toBe("not understood");
    body = figures();
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await shown(page);
    await context.close();
  });
});

describe("a page that was deployed again since it was opened", () => {
  it("says so when its connection is back, and is the new one once it is loaded", async () => {
    const { page, sockets, trouble, context } = await lab.open("#/live?errors=1");
    await page.locator("#lamp.good").waitFor();
    const served = await (await fetch(`${lab.edge.url}/dashboard`)).text();
    expect(buildIn(served)).toMatch(/^[0-9a-f]{16}$/);
    const word = page.getByText("A new version of this page is there");
    // The same build, and no word of it.
    await sockets[0]?.close({ code: 1011 });
    await until(() => sockets.length === 2);
    await page.locator("#lamp.good").waitFor();
    await context.route("**/dashboard", (route) =>
      route.fulfill({ contentType: "text/html", body: markBuild(served, "another") }),
    );
    expect(await word.isVisible()).toBe(false);
    await sockets[1]?.close({ code: 1011 });
    await word.waitFor();
    await page.getByRole("button", { name: "Reload" }).click();
    await word.waitFor({ state: "hidden" });
    await page.locator("#lamp.good").waitFor();
    expect(page.url()).toContain("#/live?errors=1");
    expect(trouble).toEqual([]);
    await context.close();
  });
});
