// The machine's own Firefox by WebDriver BiDi, which it speaks itself: https://www.w3.org/TR/webdriver-bidi/
// Profiles are user contexts of one browser, whose first window stays.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asJson, type Driver, type LogEntry, valueOf } from "./driver.ts";

const LISTENING = /WebDriver BiDi listening on (ws:\/\/\S+)/;

interface Message {
  id?: number;
  result?: unknown;
  error?: string;
  message?: string;
  method?: string;
  params?: { type: string; level: string; text: string | null; source: { context?: string } };
}

export class Firefox {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Map<string, (entry: LogEntry) => void>();
  #sent = 0;

  private constructor(process: ChildProcess, folder: string, socket: WebSocket) {
    this.#process = process;
    this.#folder = folder;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) =>
      this.#receive(JSON.parse(String(data)) as Message),
    );
  }

  static async launch(program: string): Promise<Firefox> {
    const folder = mkdtempSync(join(tmpdir(), "langfuse-edge-firefox-"));
    const args = ["--headless", "--no-remote", "--profile", folder, "--remote-debugging-port=0"];
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    const socket = new WebSocket(`${await addressOf(child)}/session`);
    await once(socket, "open");
    const firefox = new Firefox(child, folder, socket);
    await firefox.send("session.new", { capabilities: {} });
    await firefox.send("session.subscribe", { events: ["log.entryAdded"] });
    return firefox;
  }

  /** The answer to a command. */
  send<T>(method: string, params: object): Promise<T> {
    const id = (this.#sent += 1);
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return waiting.promise as Promise<T>;
  }

  async profile(): Promise<Driver> {
    const { userContext } = await this.send<{ userContext: string }>(
      "browser.createUserContext",
      {},
    );
    return {
      open: async () => {
        const type = { type: "tab", userContext };
        const { context } = await this.send<{ context: string }>("browsingContext.create", type);
        return context;
      },
      goTo: (context, url) =>
        this.send("browsingContext.navigate", { context, url, wait: "complete" }),
      reload: (context) => this.send("browsingContext.reload", { context, wait: "complete" }),
      close: (context) => this.send("browsingContext.close", { context, promptUnload: true }),
      evaluate: (context, expression) => this.#evaluate(context, expression),
      listen: (context, hear) => void this.#listeners.set(context, hear),
      setOffline: (isOffline) =>
        this.send("emulation.setNetworkConditions", {
          networkConditions: isOffline ? { type: "offline" } : null,
          userContexts: [userContext],
        }),
      stop: () => this.send("browser.removeUserContext", { userContext }),
    };
  }

  async stop(): Promise<void> {
    this.#process.kill();
    await once(this.#process, "exit");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #evaluate(context: string, expression: string): Promise<unknown> {
    const { result } = await this.send<{ result?: { value: string } }>("script.evaluate", {
      expression: asJson(expression),
      target: { context },
      awaitPromise: true,
    });
    if (result === undefined) throw new Error("the page could not run that");
    return valueOf(result.value);
  }

  #receive({ id, result, error, message, method, params }: Message): void {
    if (method === "log.entryAdded" && params !== undefined) {
      const { type, level, text, source } = params;
      const entry = { isUncaught: type === "javascript", level, text: text ?? "" };
      this.#listeners.get(source.context ?? "")?.(entry);
    }
    const waiting = this.#waiting.get(id ?? 0);
    this.#waiting.delete(id ?? 0);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(`WebDriver BiDi: ${error}: ${message}`));
  }
}

/** It tells its address when it is ready. */
async function addressOf({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error("no pipe");
  let told = "";
  for await (const chunk of stderr) {
    told += String(chunk);
    const [, address] = LISTENING.exec(told) ?? [];
    if (address !== undefined) {
      stderr.resume();
      return address;
    }
  }
  throw new Error(`Firefox did not start: ${told}`);
}
