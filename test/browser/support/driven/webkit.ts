// A real WebKit by W3C WebDriver, which is all that WebKitGTK's driver speaks as a whole: the few commands that
// pages need, over HTTP: https://www.w3.org/TR/webdriver2/ One driver runs one session, a browser of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "../../../../src/dev/command/free-port.ts";
import { until } from "../../../support/until.ts";
import { asJson, type Driver, valueOf } from "./driver.ts";

export const WEBKIT = "WebKitWebDriver";

export class WebKit implements Driver {
  readonly #process: ChildProcess;
  readonly #session: string;
  /** Stays open: the browser would end with its last one. */
  readonly #first: string;
  /** A window has to be chosen before a command to it: commands go one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(process: ChildProcess, session: string, first: string) {
    this.#process = process;
    this.#session = session;
    this.#first = first;
  }

  /** `display`: where it has its windows. */
  static async launch(display: string): Promise<WebKit> {
    const port = await freePort();
    const env = { ...process.env, DISPLAY: display };
    const child = spawn(WEBKIT, [`--port=${port}`], { stdio: "ignore", env });
    const url = `http://127.0.0.1:${port}`;
    await until(() =>
      fetch(`${url}/status`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const session = { capabilities: {} };
    const { sessionId } = await send<{ sessionId: string }>("POST", `${url}/session`, session);
    const own = `${url}/session/${sessionId}`;
    return new WebKit(child, own, await send<string>("GET", `${own}/window`));
  }

  async open(): Promise<string> {
    const { handle } = await this.#in<{ handle: string }>(this.#first, "POST", "window/new", {
      type: "window",
    });
    return handle;
  }

  goTo(window: string, url: string): Promise<void> {
    return this.#in(window, "POST", "url", { url });
  }

  reload(window: string): Promise<void> {
    return this.#in(window, "POST", "refresh", {});
  }

  close(window: string): Promise<void> {
    return this.#in(window, "DELETE", "window");
  }

  async evaluate(window: string, expression: string): Promise<unknown> {
    const script = `${asJson(expression)}.then(arguments[0])`;
    return valueOf(await this.#in(window, "POST", "execute/async", { script, args: [] }));
  }

  async stop(): Promise<void> {
    await send("DELETE", this.#session).catch(() => undefined);
    if (this.#process.exitCode !== null) return;
    this.#process.kill();
    await once(this.#process, "exit");
  }

  #in<T>(window: string, method: string, path: string, body?: object): Promise<T> {
    return this.#queued(async () => {
      await send("POST", `${this.#session}/window`, { handle: window });
      return send<T>(method, `${this.#session}/${path}`, body);
    });
  }

  #queued<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

async function send<T>(method: string, url: string, body?: object): Promise<T> {
  const answer = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = await answer.json<{ value: T & { error?: string; message?: string } }>();
  if (!answer.ok) throw new Error(`WebDriver ${url}: ${value.error} ${value.message}`);
  return value;
}
