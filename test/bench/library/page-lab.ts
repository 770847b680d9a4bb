// A page with the library in a real Chromium, its chat backend and an edge, for what the library costs
// the page. The backend writes on each chunk when it sent it.
import { setTimeout as pause } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";
import { chatBackend } from "../../browser/support/chat-backend.ts";
import type { ChatLab } from "../../browser/support/chat-lab.ts";
import { launchChromium, setup } from "../../browser/support/chromium.ts";
import { edgeGate } from "../../browser/support/edge-gate.ts";
import { startSite } from "../../browser/support/site.ts";
import { openPage } from "../../browser/support/watched-page.ts";

/** How late chunks came to the page, ms; by an offset of the two clocks that is always the same. */
export interface Delays {
  first: number;
  later: number[];
}

export interface PageLab {
  /** An answer of so many chunks, asked for with the library or without. */
  answer(by: "tracedFetch" | "plain", chunks: number): Promise<Delays>;
  /** Main-thread time of calls of the library, with all the sending that follows from them, ms a call. */
  callMs(calls: number): Promise<number>;
  close(): Promise<void>;
}

declare const chat: ChatLab;

const EVERY_MS = 15;
const now = (): number => performance.timeOrigin + performance.now();

export async function startPageLab(edgeUrl: string): Promise<PageLab> {
  setup();
  let chunks = 0;
  const backend = await chatBackend();
  const gate = await edgeGate(edgeUrl);
  const site = await startSite({
    pages: ["chat"],
    gate,
    backend: {
      ...backend,
      handle: (request, response) => {
        request.resume();
        response.socket?.setNoDelay(true);
        response.writeHead(200, { "content-type": "text/plain" });
        void (async () => {
          for (let n = 0; n < chunks; n += 1) {
            await pause(EVERY_MS);
            response.write(`${now()}\n`);
          }
          response.end();
        })();
      },
    },
  });
  const browser = await launchChromium();
  const context = await browser.newContext();
  const { page } = await openPage(context, site.page("chat"));
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  return {
    answer: async (by, count) => {
      chunks = count;
      return delaysOf(page, by);
    },
    callMs: (calls) => callMs(page, devtools, calls),
    close: async () => {
      await browser.close();
      await site.close();
      await backend.close();
      await gate.close();
    },
  };
}

/** Runs in the page, whose names this side has no types of. */
const WATCH = `async (by) => {
  const seen = [];
  const observer = new MutationObserver(() => {
    const shown = performance.timeOrigin + performance.now();
    const text = document.querySelector("ol").lastElementChild?.textContent ?? "";
    const sent = Number(text.trimEnd().split("\\n").at(-1));
    if (sent > 0) seen.push([sent, shown]);
  });
  observer.observe(document, { childList: true, subtree: true, characterData: true });
  const began = performance.timeOrigin + performance.now();
  await chat.send("How do I get to the harbour?", by);
  observer.disconnect();
  return { began, seen };
}`;

interface Watched {
  began: number;
  seen: [sent: number, shown: number][];
}

async function delaysOf(page: Page, by: "tracedFetch" | "plain"): Promise<Delays> {
  const { began, seen } = await page.evaluate<Watched>(`(${WATCH})(${JSON.stringify(by)})`);
  const [first, ...later] = seen;
  if (first === undefined) throw new Error("no chunk came");
  return { first: first[1] - began, later: later.map(([sent, shown]) => shown - sent) };
}

/** Calls at once, and pauses between the bursts, so that requests go out meanwhile. */
const BURST = 10;

async function callMs(page: Page, devtools: CDPSession, calls: number): Promise<number> {
  const bursts = Math.ceil(calls / BURST);
  const run = (perBurst: number): Promise<void> =>
    page.evaluate(
      async ([count, each]) => {
        const span = chat.langfuse.trace({ name: "many calls" }).span({ name: "a span" });
        for (let burst = 0; burst < count; burst += 1) {
          for (let n = 0; n < each; n += 1) void span.update({ metadata: { burst, n } });
          await new Promise((resolve) => setTimeout(resolve, 40));
        }
        await chat.langfuse.flush();
      },
      [bursts, perBurst] as const,
    );
  const taken = async (perBurst: number): Promise<number> => {
    const before = await taskMs(devtools);
    await run(perBurst);
    return (await taskMs(devtools)) - before;
  };
  // What the page does by itself in that time is not the library's.
  const idle = await taken(0);
  return Math.max(0, (await taken(BURST)) - idle) / (bursts * BURST);
}

async function taskMs(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
}
