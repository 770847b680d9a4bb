import type { BrowserContext, Page } from "playwright-core";

export interface WatchedPage {
  page: Page;
  /** Uncaught errors, unhandled rejections, and what went to the console as an error or a warning. */
  trouble: string[];
}

/** The browsers' own words on a request that failed; no script says them. */
const NETWORK =
  /^(Failed to load resource|Access to fetch at|Cross-Origin Request Blocked|Failed to read data from the ReadableStream)/;

export async function openPage(context: BrowserContext, url: string): Promise<WatchedPage> {
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on("pageerror", ({ stack, message }) => {
    if (!NETWORK.test(message)) trouble.push(`uncaught: ${stack ?? message}`);
  });
  page.on("console", (message) => {
    const text = message.text();
    if (/error|warn/.test(message.type()) && !NETWORK.test(text)) trouble.push(text);
  });
  await page.goto(url);
  return { page, trouble };
}

/** Closes the tab as a user does: the page is told, and not waited for. */
export async function leavePage(page: Page): Promise<void> {
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
}
