// The dashboard before hostile names, on any screen, in light and dark, and for whoever does not see it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { figures } from "./support/dashboard/figures.ts";
import { liveTurn } from "./support/dashboard/live-turns.ts";
import { dashboardLab, type DashboardLab, shown, VIEWS } from "./support/dashboard/open.ts";

const EVIL = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>\u202ejavascript:alert(1)`;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let lab: DashboardLab;
beforeAll(async () => {
  lab = await dashboardLab();
});
afterAll(() => lab.close());

describe("whoever names things", () => {
  it.each(VIEWS)("gets no markup and no script into %s", async (view) => {
    const turns = [
      liveTurn("a", Date.now(), {
        name: EVIL,
        sessionId: EVIL,
        userId: EVIL,
        release: EVIL,
        tags: [EVIL],
        variants: { [EVIL]: EVIL },
        outcome: EVIL,
        state: "ended",
        latencies: { [EVIL]: 3 },
        scores: [{ id: "1", name: EVIL, value: EVIL }],
      }),
    ];
    for (const one of turns[0]?.observations ?? [])
      Object.assign(one, { name: EVIL, type: EVIL, level: EVIL, input: EVIL, statusMessage: EVIL });
    const { page, trouble, context } = await lab.open(`#/${view}?by=assistant`, {
      turns,
      figures: (url) => ({ body: figures(EVIL, url.searchParams.get("by")) }),
    });
    await shown(page);
    if (view === "live") {
      await page.locator(".turn-line").first().click();
      await page.locator(".row").first().click();
    }
    for (const summary of await page.locator("summary").all()) await summary.click();
    expect(await page.locator("#view :is(img, script, iframe, object, style)").count()).toBe(0);
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    expect(await page.title()).not.toBe("owned");
    // Its words are there, as words.
    expect(await page.locator("#view").innerText()).toMatch(
      view === "delivery" ? /Accepted/ : /onerror/,
    );
    expect(trouble).toEqual([]);
    await context.close();
  });

  it("gets no other address than a web address into a link", async () => {
    const { page, context } = await lab.open("#/live", { turns: [liveTurn("a", Date.now())] });
    await context.route("**/api/langfuse/trace", (route) =>
      route.fulfill({ json: { base_url: "javascript:alert(1)//" } }),
    );
    await page.reload();
    await page.locator(".turn-line").first().click();
    await page.getByText("Open in Langfuse").waitFor();
    expect(await page.locator("#view a").count()).toBe(0);
    await context.close();
  });
});

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
}

describe.each([
  ["light", 1280],
  ["dark", 1280],
  ["light", 390],
] as const)("in %s, %s px wide", (colorScheme, width) => {
  it.each(VIEWS)("%s fits, and is accessible", async (view) => {
    const now = Date.now();
    const turns = [
      liveTurn("a", now - 4000, {
        name: "Research Assistant with a long name that goes on and on",
        userId: "ada@example.com",
        sessionId: "x".repeat(80),
      }),
      liveTurn("b", now - 9000, {
        state: "ended",
        endTime: now - 5000,
        outcome: "failed",
        failed: true,
      }),
    ];
    const { page, trouble, context } = await lab.open(`#/${view}?by=assistant`, {
      turns,
      options: { colorScheme, viewport: { width, height: 900 } },
    });
    await shown(page);
    if (view === "live") await page.locator(".turn-line").first().click();
    const overflow = await page.evaluate<number>(
      "document.documentElement.scrollWidth - innerWidth",
    );
    expect(overflow).toBeLessThanOrEqual(0);
    const ground = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    expect(ground).toBe(colorScheme === "dark" ? "rgb(16, 20, 26)" : "rgb(246, 247, 249)");
    // The page's policy lets in no script; the browser's own tools may.
    await page.evaluate(`${AXE}; undefined`);
    const { violations } = await page.evaluate<AxeResult>(
      "axe.run(document, { resultTypes: ['violations'] })",
    );
    const found = violations.map(({ id, nodes }) => [
      id,
      ...nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`),
    ]);
    expect(found).toEqual([]);
    expect(trouble).toEqual([]);
    await context.close();
  });
});

it.each([390, 800, 1280])("a turn's line is whole, %s px wide", async (width) => {
  const now = Date.now();
  const day = 24 * 3_600_000;
  const turns = [
    liveTurn("a", now - 4000, { name: "Research Assistant", sessionId: "x".repeat(80) }),
    // Of the day before, as those of a minute ago are at midnight.
    liveTurn("b", now - day, { endTime: now - day + 90_000, state: "ended", failed: true }),
  ];
  const { page, context } = await lab.open("#/live", {
    turns,
    options: { viewport: { width, height: 900 } },
  });
  await page.locator(".turn-line").nth(1).waitFor();
  const cutOff = await page.evaluate<string[]>(
    `[...document.querySelectorAll(".turn-line > span:not(.people)")]
      .filter((node) => node.scrollWidth > node.clientWidth)
      .map((node) => node.textContent)`,
  );
  expect(cutOff).toEqual([]);
  await context.close();
});
