// The few commands of W3C WebDriver that pages need, over its HTTP: https://www.w3.org/TR/webdriver2/
// WebKitGTK's driver speaks nothing newer that is whole. One driver runs one session.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "../../../../src/dev/command/free-port.ts";
import { until } from "../../../support/until.ts";

export class WebDriver {
  readonly #process: ChildProcess;
  readonly #session: string;
  /** A window has to be chosen before a command to it: commands go one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(process: ChildProcess, session: string) {
    this.#process = process;
    this.#session = session;
  }

  /** Starts a driver on a display, and with it a browser with a profile of its own. */
  static async start(program: string, display: string): Promise<WebDriver> {
    const port = await freePort();
    const child = spawn(program, [`--port=${port}`, "--host=127.0.0.1"], {
      stdio: "ignore",
      env: { ...process.env, DISPLAY: display },
    });
    const url = `http://127.0.0.1:${port}`;
    await until(() =>
      fetch(`${url}/status`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const { sessionId } = await send<{ sessionId: string }>("POST", `${url}/session`, {
      capabilities: {},
    });
    return new WebDriver(child, `${url}/session/${sessionId}`);
  }

  async window(): Promise<string> {
    const { handle } = await this.#queued(() =>
      send<{ handle: string }>("POST", `${this.#session}/window/new`, { type: "tab" }),
    );
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

  /** The expression's value in the page, awaited there. */
  async evaluate(window: string, expression: string): Promise<unknown> {
    const script = `const done = arguments[0];
      Promise.resolve().then(() => (${expression})).then(
        (value) => done(JSON.stringify({ value })),
        (error) => done(JSON.stringify({ error: String(error), stack: error?.stack })),
      );`;
    const answer = await this.#in<string>(window, "POST", "execute/async", { script, args: [] });
    const { value, error, stack } = JSON.parse(answer) as Record<string, unknown>;
    if (error !== undefined) throw new Error(`in the page: ${error as string}\n${stack as string}`);
    return value;
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
