// The picture of the demo: one turn with its own backend, as the page shows it.
import type { Browser } from "playwright-core";
import { demoBackends } from "../../support/demo-backends.ts";
import { startEdge } from "../../support/edge-process.ts";

const VIEWPORT = { width: 1280, height: 922 };
/** The pace of `npm run dev`. */
const WORD_MS = 45;
const OBSERVATIONS = 6;

export async function photographDemo(browser: Browser): Promise<Buffer> {
  const backends = await demoBackends(WORD_MS);
  const edge = await startEdge({ entry: "development", vars: backends.vars });
  try {
    await backends.start(edge.url);
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(`${edge.url}/demo`);
    await page.check("#backend-node");
    await page.selectOption("#tone", "friendly");
    await page.click("#send");
    await page
      .locator("#trace .row")
      .nth(OBSERVATIONS - 1)
      .waitFor();
    await page.getByText("one root").waitFor();
    await page.getByRole("button", { name: "Helpful", exact: true }).click();
    await page.locator("#trace .facts", { hasText: "score user-feedback 1" }).waitFor();
    await page.mouse.move(0, 0);
    const picture = await page.screenshot({ animations: "disabled" });
    await page.close();
    return picture;
  } finally {
    await edge.stop();
    await backends.stop();
  }
}
