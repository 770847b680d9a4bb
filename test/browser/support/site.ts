// An app's own web site on loopback: its pages, its chat API, and the edge below its own origin,
// where the library looks for it if it is not told otherwise.
import { readFileSync } from "node:fs";
import type { ChatBackend } from "./chat-backend.ts";
import type { EdgeGate } from "./edge-gate.ts";
import { bundlePage, type PageName } from "./bundle.ts";
import { serve } from "./serve.ts";

/** What is published for pages without a bundler; the build of the Worker makes it. */
const TAG = "/langfuse-edge.js";

export interface Site {
  /** The address of a page, with what it is to do. */
  page: (name: PageName, setup?: object) => string;
  url: string;
  cut: (isCut: boolean) => void;
  /** Breaks the connections that ask for such paths, from now on. */
  lose: (paths: RegExp | undefined) => void;
  close: () => Promise<void>;
}

export interface SiteOptions {
  pages: readonly PageName[];
  gate: EdgeGate;
  backend: ChatBackend;
  /** Sent with each page, such as its Content-Security-Policy. */
  headers?: Record<string, string>;
  /** What `/identity` answers. */
  identity?: (query: URLSearchParams) => Promise<object>;
}

export async function startSite({
  pages,
  gate,
  backend,
  headers = {},
  identity = async () => ({}),
}: SiteOptions): Promise<Site> {
  const scripts = new Map<string, string>();
  for (const name of pages) {
    for (const [path, script] of await bundlePage(name)) scripts.set(path, script);
  }
  if (pages.includes("script-tag")) scripts.set(TAG, readFileSync(`dist/assets${TAG}`, "utf8"));
  let lost: RegExp | undefined;
  const served = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://site.test");
    if (lost?.test(pathname)) return void request.socket.destroy();
    const script = scripts.get(pathname);
    if (pathname === "/api/langfuse/trace") gate.handle(request, response);
    else if (pathname.startsWith("/api/")) backend.handle(request, response);
    else if (pathname === "/identity") {
      void identity(searchParams).then((who) => response.end(JSON.stringify(who)));
    } else if (script !== undefined) {
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    } else if (scripts.has(`${pathname}.js`)) {
      const tags = [
        '<!doctype html><title>Chat</title><div id="app"></div>',
        pathname === "/script-tag" ? `<script src="${TAG}"></script>` : "",
        `<script type="module" src="${pathname}.js"></script>`,
      ];
      response
        .writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers })
        .end(tags.join(""));
    } else response.writeHead(404).end();
  });
  return {
    ...served,
    lose: (paths) => {
      lost = paths;
    },
    page: (name, setup = {}) =>
      `${served.url}/${name}?${encodeURIComponent(JSON.stringify(setup))}`,
  };
}
