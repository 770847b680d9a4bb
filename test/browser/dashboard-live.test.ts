// The dashboard's live view, with turns that are made up.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIVE_PROTOCOL, LIVE_TOKEN_PREFIX } from "../../src/protocol/live.ts";
import { until } from "../support/until.ts";
import { liveTurn } from "./support/dashboard/live-turns.ts";
import { dashboardLab, type DashboardLab, tell, TOKEN } from "./support/dashboard/open.ts";

let lab: DashboardLab;
beforeAll(async () => {
  lab = await dashboardLab();
});
afterAll(() => lab.close());

describe("live", () => {
  it("shows a turn that grows, its end, and the way to it in Langfuse", async () => {
    const began = Date.now() - 900;
    const { page, sockets, trouble, context } = await lab.open("#/live", {
      turns: [liveTurn("a", began, { name: "Research Assistant", userId: "ada@example.com" })],
    });
    const line = page.locator(".turn-line").first();
    await line.getByText("under way").waitFor();
    await line.click();
    await page.locator(".row").nth(1).waitFor();
    const first = await page.locator(".row .time").nth(2).innerText();
    await until(async () => (await page.locator(".row .time").nth(2).innerText()) !== first);
    const bar = await page.locator(".row .bar").nth(2).getAttribute("style");
    expect(bar).toMatch(/width: [1-9][\d.]*%/);
    tell(sockets[0], {
      type: "turns",
      n: 2,
      turns: [
        liveTurn("a", began, {
          name: "Research Assistant",
          state: "ended",
          endTime: began + 2000,
          outcome: "completed",
        }),
      ],
    });
    await line.getByText("completed").waitFor();
    const link = page.getByRole("link", { name: "Open in Langfuse" });
    expect(await link.getAttribute("href")).toBe(
      `https://langfuse.test/trace/${liveTurn("a", 0).traceId}`,
    );
    expect(await link.getAttribute("rel")).toContain("noopener");
    expect(trouble).toEqual([]);
    await context.close();
  });

  it("opens and closes a turn by a slow click too, while its words change", async () => {
    const turns = [liveTurn("a", Date.now())];
    const { page, context } = await lab.open("#/live", { turns });
    const took = page.locator(".turn-line .took");
    const box = await took.boundingBox();
    if (box === null) throw new Error("no line");
    for (const expanded of ["true", "false"]) {
      await page.mouse.move(box.x + box.width - 8, box.y + box.height / 2);
      const before = await took.innerText();
      await page.mouse.down();
      await until(async () => (await took.innerText()) !== before);
      await page.mouse.up();
      await page.locator(`.turn-line[aria-expanded="${expanded}"]`).waitFor();
    }
    await context.close();
  });

  it("leaves what is told of a part alone while the part is the same", async () => {
    const turns = [liveTurn("a", Date.now())];
    const { page, sockets, context } = await lab.open("#/live", { turns });
    await page.locator(".turn-line").click();
    const row = page.locator(".row", { hasText: "frontend-ui-processing" });
    await row.click();
    const detail = await page.locator(".detail dl:visible").elementHandle();
    tell(sockets[0], { type: "turns", n: 2, turns: [liveTurn("b", Date.now())] });
    await expect.poll(() => page.locator(".turn-line").count()).toBe(2);
    expect(await detail?.isVisible()).toBe(true);
    await context.close();
  });

  it("keeps a turn open that goes and comes", async () => {
    const turns = [liveTurn("a", Date.now(), { name: "Ada" }), liveTurn("b", Date.now())];
    const { page, sockets, context } = await lab.open("#/live", { turns });
    await page.locator(".turn-line", { hasText: "Ada" }).click();
    await sockets[0]?.close({ code: 1011 });
    await until(() => sockets.length === 2);
    await page.locator("#lamp.good").waitFor();
    await page.locator('.turn-line[aria-expanded="true"]', { hasText: "Ada" }).waitFor();
    await context.close();
  });

  it("acknowledges what it has read", async () => {
    const { sockets, acks, context, page } = await lab.open("#/live");
    await page.locator("#lamp.good").waitFor();
    await until(() => acks.includes('{"ack":1}'));
    for (let n = 2; n < 12; n += 1) tell(sockets[0], { type: "turns", n, turns: [] });
    await until(() => acks.includes('{"ack":11}'));
    await context.close();
  });

  it("filters, keeps its filters in the address, and says when nothing fits", async () => {
    const now = Date.now();
    const turns = [
      liveTurn("a", now - 9000, {
        name: "Ada",
        state: "ended",
        endTime: now - 5000,
        outcome: "completed",
        sessionId: "chat-1",
      }),
      liveTurn("b", now - 8000, {
        name: "Bob",
        state: "ended",
        endTime: now - 4000,
        outcome: "failed",
        failed: true,
      }),
    ];
    const { page, context } = await lab.open("#/live", { turns });
    await expect.poll(() => page.locator(".turn-line").count()).toBe(2);
    await page.getByLabel("Errors only").check();
    await expect.poll(() => page.locator(".turn-line .assistant").allInnerTexts()).toEqual(["Bob"]);
    await page.getByLabel("Assistant").selectOption("Ada");
    await page.getByRole("heading", { name: "No turn fits" }).waitFor();
    expect(page.url()).toContain("#/live?errors=1&assistant=Ada");
    await page.getByRole("button", { name: "Show all" }).click();
    await expect.poll(() => page.locator(".turn-line").count()).toBe(2);
    await context.close();
  });

  it("pauses: what comes meanwhile is counted, and shown afterwards", async () => {
    const now = Date.now();
    const { page, sockets, context } = await lab.open("#/live", {
      turns: [liveTurn("a", now)],
    });
    await page.locator(".turn-line").first().waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    tell(sockets[0], { type: "turns", n: 2, turns: [liveTurn("b", now + 10)] });
    await page.getByText("Paused. 1 turn has begun since.").waitFor();
    expect(await page.locator(".turn-line").count()).toBe(1);
    await page.getByRole("button", { name: "Go on" }).click();
    await expect.poll(() => page.locator(".turn-line").count()).toBe(2);
    await context.close();
  });

  it("connects again when the connection breaks, and drops what nobody speaks of any more", async () => {
    const { page, sockets, context } = await lab.open("#/live", {
      turns: [liveTurn("a", Date.now())],
    });
    await page.locator(".turn-line").first().waitFor();
    tell(sockets[0], { type: "turns", n: 2, turns: [liveTurn("gone", Date.now())] });
    await expect.poll(() => page.locator(".turn-line").count()).toBe(2);
    await sockets[0]?.close({ code: 1011 });
    await until(() => sockets.length === 2);
    await page.locator("#lamp.good").waitFor();
    await expect.poll(() => page.locator(".turn-line").count()).toBe(1);
    await context.close();
  });

  it("offers its token in the handshake, not in the address", async () => {
    const { page, context } = await lab.open("#/cost");
    await page.addInitScript(`
      const Real = WebSocket;
      globalThis.offers = [];
      globalThis.WebSocket = class extends Real {
        constructor(url, protocols) {
          offers.push([String(url), protocols]);
          super(url, protocols);
        }
      };`);
    await page.goto(`${lab.edge.url}/dashboard#token=${TOKEN}`);
    await page.reload();
    await page.locator("#lamp.good").waitFor();
    const offers = await page.evaluate<[string, string[]][]>("offers");
    expect(offers[0]).toEqual([
      `${lab.edge.url.replace("http", "ws")}/api/langfuse/live`,
      [LIVE_PROTOCOL, LIVE_TOKEN_PREFIX + TOKEN],
    ]);
    await context.close();
  });

  it("says so when nothing happens", async () => {
    const { page, context } = await lab.open("#/live");
    await page.getByRole("heading", { name: "Nothing happens just now" }).waitFor();
    await context.close();
  });
});
