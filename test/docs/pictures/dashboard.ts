// Makes the pictures of docs/dashboard.md: the development Worker as it is built, an hour of simulated users behind
// it, and a browser that looks. Some three minutes.
//   npm run docs:pictures:dashboard
import { spawn } from "node:child_process";
import type { Browser, Page } from "playwright-core";
import { setup as build } from "../../support/build.ts";
import { startEdge } from "../../support/edge-process.ts";
import { until } from "../../support/until.ts";
import { launchChromium, setup as unpackChromium } from "../../browser/support/chromium.ts";

const TURNS_PER_MINUTE = "16";
const FILLED_WITHIN_MS = 180_000;
const WIDTH = 1280;

interface Picture {
  name: string;
  view: string;
  scheme: "light" | "dark";
  height: number;
  width?: number;
  /** What is done before. */
  prepare?: (page: Page) => Promise<void>;
}

/** A turn that streams and has called a tool, opened. */
async function openStreaming(page: Page): Promise<void> {
  const enough = 7;
  await until(async () => (await page.locator(".turn-line").count()) >= enough, FILLED_WITHIN_MS);
  await until(async () => {
    const line = page.locator(".turn-line", { hasText: "under way" }).first();
    if (!(await line.isVisible())) return false;
    await line.click();
    const tools = page.locator(".turn-open .row .type-tool:not(.bar)");
    const streams = page.locator(".turn-open .mark:visible");
    const seen = await until(
      async () => (await tools.count()) > 0 && (await streams.count()) > 0,
      2500,
    ).catch(() => false);
    if (seen) return true;
    await page.locator('.turn-line[aria-expanded="true"]').first().click();
    return false;
  }, FILLED_WITHIN_MS);
}

const PICTURES: readonly Picture[] = [
  { name: "dashboard-live", view: "live", scheme: "light", height: 760, prepare: openStreaming },
  { name: "dashboard-speed", view: "speed?by=assistant", scheme: "dark", height: 1240 },
  {
    name: "dashboard-experiments",
    view: "experiments",
    scheme: "light",
    height: 640,
    prepare: async (page) => {
      await page.evaluate(
        "[...document.querySelectorAll('h2')].find((one) => one.textContent === 'tone').closest('.card').scrollIntoView()",
      );
      await page.evaluate("scrollBy(0, -60)");
    },
  },
  { name: "dashboard-errors", view: "errors", scheme: "light", height: 780 },
];

async function take(browser: Browser, edge: string, picture: Picture): Promise<void> {
  const { name, view, scheme, height, width = WIDTH, prepare } = picture;
  const context = await browser.newContext({
    locale: "en-US",
    colorScheme: scheme,
    viewport: { width, height },
  });
  const page = await context.newPage();
  await page.goto(`${edge}/dashboard#/${view}`);
  await page.locator("#lamp.good").waitFor();
  await page.locator("#view .card").first().waitFor();
  await prepare?.(page);
  // Canvases are drawn in the next frame.
  await page.evaluate(
    "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))",
  );
  await page.screenshot({ path: `docs/pictures/${name}.png` });
  await context.close();
}

const removeBuilds = build();
unpackChromium();
const edge = await startEdge({
  entry: "development",
  // Nobody real says anything here.
  vars: { DASHBOARD_CONTENT: "true" },
});
const traffic = spawn(
  process.execPath,
  ["--no-warnings", "src/dev/traffic/main.ts", edge.url, "60", "1", TURNS_PER_MINUTE],
  { stdio: ["pipe", "pipe", "inherit"] },
);
let said = "";
traffic.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
const browser = await launchChromium();
try {
  await until(() => said.includes("now as it happens"), FILLED_WITHIN_MS);
  for (const picture of PICTURES) {
    await take(browser, edge.url, picture);
    console.log(`docs/pictures/${picture.name}.png`);
  }
} finally {
  await browser.close();
  traffic.stdin.end();
  await edge.stop();
  removeBuilds?.();
}
