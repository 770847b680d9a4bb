// A dashboard out of the built production Worker whose edge tells what a test says.
import type { Browser, BrowserContextOptions, Page, WebSocketRoute } from "playwright-core";
import type { LiveTurn } from "../../../../src/protocol/live.ts";
import { type RunningEdge, startEdge } from "../../../support/edge-process.ts";
import { launchChromium } from "../chromium.ts";
import { openPage } from "../watched-page.ts";
import { figures } from "./figures.ts";

export const VIEWS = [
  "live",
  "speed",
  "tools",
  "experiments",
  "cost",
  "errors",
  "delivery",
] as const;
export const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6InJlYWQifQ.c2lnbmF0dXJl";

export interface Told {
  /** The answer to each question for figures; default some that are made up. */
  figures?: (url: URL, headers: Record<string, string>) => { status?: number; body: unknown };
  turns?: LiveTurn[];
  options?: BrowserContextOptions;
  /** What the browser says of itself, where it is not its locale. */
  language?: string;
}

export interface DashboardLab {
  edge: RunningEdge;
  open: (hash: string, told?: Told) => Promise<OpenedDashboard>;
  close: () => Promise<void>;
}

export interface OpenedDashboard extends Awaited<ReturnType<typeof openDashboard>> {}

export async function dashboardLab(): Promise<DashboardLab> {
  const edge = await startEdge();
  const browser = await launchChromium();
  return {
    edge,
    open: (hash, told) => openDashboard(browser, edge.url, hash, told),
    close: async () => {
      await browser.close();
      await edge.stop();
    },
  };
}

async function openDashboard(
  browser: Browser,
  url: string,
  hash: string,
  { figures: answer, turns = [], options, language }: Told = {},
) {
  const context = await browser.newContext({ locale: "en-US", ...options });
  if (language !== undefined) {
    const value = `get: () => ${JSON.stringify(language)}`;
    await context.addInitScript(
      `Object.defineProperty(Navigator.prototype, "language", { configurable: true, ${value} })`,
    );
  }
  const sockets: WebSocketRoute[] = [];
  const acks: string[] = [];
  await context.route("**/api/langfuse/figures*", async (route) => {
    const asked = new URL(route.request().url());
    const told = answer?.(asked, route.request().headers()) ?? {
      body: figures(undefined, asked.searchParams.get("by")),
    };
    await route.fulfill({ status: told.status ?? 200, json: told.body });
  });
  await context.route("**/api/langfuse/dead-letters*", (route) =>
    route.fulfill({ status: 403, json: { error: { code: "forbidden", message: "m" } } }),
  );
  await context.route("**/api/langfuse/trace", (route) =>
    route.fulfill({ json: { base_url: "https://langfuse.test" } }),
  );
  await context.routeWebSocket("**/api/langfuse/live", (socket) => {
    sockets.push(socket);
    socket.onMessage((message) => void acks.push(String(message)));
    tell(socket, {
      type: "hello",
      n: 1,
      v: 1,
      project: "pk-lf-test",
      content: false,
      until: Date.now() + 3.6e6,
      turns,
    });
  });
  const opened = await openPage(context, `${url}/dashboard${hash}`);
  return { ...opened, context, sockets, acks };
}

export function tell(socket: WebSocketRoute | undefined, message: object): void {
  socket?.send(JSON.stringify({ now: Date.now(), ...message }));
}

/** What a view shows once it has its figures. */
export async function shown(page: Page): Promise<void> {
  await page.locator("#lamp.good").waitFor();
  await page.locator("#view .card, #view .tile").first().waitFor();
}
