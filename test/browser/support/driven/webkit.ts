// A real WebKit, as far as the journeys need Playwright's words for one. Each profile is a browser of its own,
// with a window that stays: what outlives a page needs a browser that does.
import type { Browser, BrowserContext } from "playwright-core";
import { until } from "../../../support/until.ts";
import { startDisplay } from "./display.ts";
import { WebDriver } from "./webdriver.ts";

export const DRIVER = "WebKitWebDriver";

/** `li:has-text('…')` and `li:text('…')`, which are Playwright's own. */
const WITH_TEXT = /^(.*):(?:has-)?text\('(.*)'\)$/;

function finding(selector: string): string {
  const [, css = selector, text = ""] = WITH_TEXT.exec(selector) ?? [];
  const [all, part] = [css, text].map((one) => JSON.stringify(one));
  return `[...document.querySelectorAll(${all})].find((one) => one.textContent.includes(${part}))`;
}

class WebKitPage {
  readonly #driver: WebDriver;
  readonly #window: string;
  readonly #context: WebKitContext;

  constructor(driver: WebDriver, window: string, context: WebKitContext) {
    this.#driver = driver;
    this.#window = window;
    this.#context = context;
  }

  context(): WebKitContext {
    return this.#context;
  }

  /** WebDriver tells nothing of a page by itself. */
  on(): void {}

  async goto(url: string): Promise<void> {
    await this.#driver.goTo(this.#window, url);
  }

  async reload(): Promise<void> {
    await this.#driver.reload(this.#window);
  }

  evaluate(what: string | ((given: unknown) => unknown), given?: unknown): Promise<unknown> {
    const isCode = typeof what === "string";
    const call = isCode ? what : `(${String(what)})(${JSON.stringify(given) ?? ""})`;
    return this.#driver.evaluate(this.#window, call);
  }

  async waitForFunction(what: () => unknown): Promise<void> {
    await until(async () => Boolean(await this.evaluate(what)));
  }

  async waitForSelector(selector: string): Promise<void> {
    await until(async () => Boolean(await this.evaluate(`!!${finding(selector)}`)));
  }

  async fill(selector: string, text: string): Promise<void> {
    await this.evaluate(`void (${finding(selector)}.value = ${JSON.stringify(text)})`);
  }

  async click(selector: string): Promise<void> {
    await this.evaluate(`void ${finding(selector)}.click()`);
  }

  async waitForEvent(_closed: "close"): Promise<void> {}

  async close(): Promise<void> {
    this.#context.forget(this);
    await this.#driver.close(this.#window);
  }
}

/** Cuts the connections of all that pages talk to, or lets them through again. */
export type Cut = (isCut: boolean) => void;

class WebKitContext {
  readonly #driver: WebDriver;
  readonly #cut: Cut;
  readonly #pages = new Set<WebKitPage>();

  constructor(driver: WebDriver, cut: Cut) {
    this.#driver = driver;
    this.#cut = cut;
  }

  async newPage(): Promise<WebKitPage> {
    const page = new WebKitPage(this.#driver, await this.#driver.window(), this);
    this.#pages.add(page);
    return page;
  }

  forget(page: WebKitPage): void {
    this.#pages.delete(page);
  }

  /** Its network fails for real; that there is none can only be said in its pages. */
  async setOffline(isOffline: boolean): Promise<void> {
    this.#cut(isOffline);
    const say = isOffline
      ? "Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false })"
      : "delete navigator.onLine";
    const event = isOffline ? "offline" : "online";
    for (const page of this.#pages) {
      await page.evaluate(`(${say}, void dispatchEvent(new Event('${event}')))`);
    }
  }

  async close(): Promise<void> {
    await this.#driver.stop();
  }
}

export async function launchWebKit(cut: Cut): Promise<Browser> {
  const display = await startDisplay();
  const contexts: WebKitContext[] = [];
  const browser = {
    newContext: async (): Promise<BrowserContext> => {
      const context = new WebKitContext(await WebDriver.start(DRIVER, display.name), cut);
      contexts.push(context);
      return context as unknown as BrowserContext;
    },
    close: async (): Promise<void> => {
      await Promise.all(contexts.map((context) => context.close()));
      await display.stop();
    },
  };
  // As much of it as the journeys use: anything else is missing, and throws.
  return browser as unknown as Browser;
}
