// A driven browser in Playwright's words, as far as the journeys use them: one suite for all browsers.
import type { Browser, BrowserContext } from "playwright-core";
import { until } from "../../../support/until.ts";
import type { Driver, LogEntry } from "./driver.ts";

/** `li:has-text('…')` and `li:text('…')`, which are Playwright's own. */
const WITH_TEXT = /^(.*):(?:has-)?text\('(.*)'\)$/;

function finding(selector: string): string {
  const [, css = selector, text = ""] = WITH_TEXT.exec(selector) ?? [];
  const [all, part] = [css, text].map((one) => JSON.stringify(one));
  return `[...document.querySelectorAll(${all})].find((one) => one.textContent.includes(${part}))`;
}

const EVENTS = {
  pageerror: ({ isUncaught }: LogEntry) => isUncaught,
  console: ({ isUncaught }: LogEntry) => !isUncaught,
};

class DrivenPage {
  readonly #driver: Driver;
  readonly #window: string;
  readonly #context: DrivenContext;
  readonly #listeners: ((entry: LogEntry) => void)[] = [];

  constructor(driver: Driver, window: string, context: DrivenContext) {
    this.#driver = driver;
    this.#window = window;
    this.#context = context;
    driver.listen?.(window, (entry) => this.#listeners.forEach((hear) => hear(entry)));
  }

  context(): DrivenContext {
    return this.#context;
  }

  on(event: keyof typeof EVENTS, hear: (what: object) => void): void {
    this.#listeners.push((entry) => {
      const { level, text } = entry;
      if (EVENTS[event](entry)) hear({ message: text, text: () => text, type: () => level });
    });
  }

  goto(url: string): Promise<void> {
    return this.#driver.goTo(this.#window, url);
  }

  reload(): Promise<void> {
    return this.#driver.reload(this.#window);
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

  /** Closing is waited for already. */
  async waitForEvent(_closed: "close"): Promise<void> {}

  close(): Promise<void> {
    this.#context.forget(this);
    return this.#driver.close(this.#window);
  }
}

/** Cuts the connections of all that pages talk to, or lets them through again. */
export type Cut = (isCut: boolean) => void;

class DrivenContext {
  readonly #driver: Driver;
  readonly #cut: Cut;
  readonly #pages = new Set<DrivenPage>();

  constructor(driver: Driver, cut: Cut) {
    this.#driver = driver;
    this.#cut = cut;
  }

  async newPage(): Promise<DrivenPage> {
    const page = new DrivenPage(this.#driver, await this.#driver.open(), this);
    this.#pages.add(page);
    return page;
  }

  forget(page: DrivenPage): void {
    this.#pages.delete(page);
  }

  async setOffline(isOffline: boolean): Promise<void> {
    if (this.#driver.setOffline !== undefined) return this.#driver.setOffline(isOffline);
    // The network fails for real; that there is none can only be said in the pages.
    this.#cut(isOffline);
    const say = isOffline
      ? "Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false })"
      : "delete navigator.onLine";
    const event = isOffline ? "offline" : "online";
    for (const page of this.#pages) {
      await page.evaluate(`(${say}, void dispatchEvent(new Event('${event}')))`);
    }
  }

  close(): Promise<void> {
    return this.#driver.stop();
  }
}

/** `profile`: starts another one. `stop`: of what they share. Anything that a journey does not use is missing. */
export function drivenBrowser(
  profile: () => Promise<Driver>,
  cut: Cut,
  stop: () => Promise<void>,
): Browser {
  const contexts: DrivenContext[] = [];
  const browser = {
    newContext: async (): Promise<BrowserContext> => {
      cut(false);
      const context = new DrivenContext(await profile(), cut);
      contexts.push(context);
      return context as unknown as BrowserContext;
    },
    close: async (): Promise<void> => {
      await Promise.all(contexts.map((context) => context.close()));
      await stop();
    },
  };
  return browser as unknown as Browser;
}
