// All that a page lives among, on loopback: the app's site with its chat API, the gate, the edge (as
// built for development with its sink, or as a test wants it), and the browser.
import type { Browser, BrowserContext } from "playwright-core";
import { type EdgeOptions, type RunningEdge, startEdge } from "../../support/edge-process.ts";
import type { PageName } from "./bundle.ts";
import { type ChatBackend, chatBackend } from "./chat-backend.ts";
import type { ChatSetup } from "./chat-lab.ts";
import { launchBrowser } from "./browsers.ts";
import { type EdgeGate, edgeGate } from "./edge-gate.ts";
import { type Site, startSite } from "./site.ts";
import { openPage, type WatchedPage } from "./watched-page.ts";

export interface World {
  browser: Browser;
  edge: RunningEdge;
  gate: EdgeGate;
  backend: ChatBackend;
  site: Site;
  /** Opens a page: in a browser profile of its own, or in the one that is given. */
  open: (name: PageName, setup?: ChatSetup, context?: BrowserContext) => Promise<WatchedPage>;
  openChat: (setup?: ChatSetup, context?: BrowserContext) => Promise<WatchedPage>;
  close: () => Promise<void>;
}

export interface WorldOptions {
  pages?: readonly PageName[];
  /** What the site sends with its pages. */
  headers?: Record<string, string>;
  /** The edge for pages of this origin. */
  edge?: (origin: string) => EdgeOptions;
  /** Who the site says that the user is; `query` is the page's. */
  identity?: (query: URLSearchParams) => Promise<object>;
}

export async function startWorld({
  pages = ["chat"],
  edge: options = () => ({ entry: "development" }),
  ...answers
}: WorldOptions = {}): Promise<World> {
  let edge: RunningEdge;
  const gate = await edgeGate(() => edge.url);
  const backend = await chatBackend();
  const site = await startSite({ pages, gate, backend, ...answers });
  edge = await startEdge(options(site.url));
  const browser = await launchBrowser((isCut) => {
    for (const one of [gate, site, backend]) one.cut(isCut);
  });
  const open: World["open"] = async (name, setup, context) =>
    openPage(context ?? (await browser.newContext()), site.page(name, setup));
  return {
    browser,
    edge,
    gate,
    backend,
    site,
    open,
    openChat: (setup, context) => open("chat", setup, context),
    close: async () => {
      await browser.close();
      await site.close();
      await backend.close();
      await gate.close();
      await edge.stop();
    },
  };
}
