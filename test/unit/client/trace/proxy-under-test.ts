import { afterEach, beforeEach, vi } from "vitest";
import { extras } from "../../../../src/client/extras/load-extras.ts";
import { type ClientOptions, LangfuseProxy } from "../../../../src/client/index.ts";

// As in a page that has needed them before; `late-extras.test.ts` is about one that has not.
await extras.load();

/** Each test of the file begins at the same moment, and moves time itself. */
export function eachAtItsTime(): void {
  beforeEach(() => void vi.useFakeTimers({ now: 1_790_000_000_000 }));
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
}
export const pass = (ms = 200) => vi.advanceTimersByTimeAsync(ms);

export const proxyTo = (
  edge: { fetch: typeof fetch },
  options: ClientOptions = {},
): LangfuseProxy => new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1", ...options });
export const span = (proxy: LangfuseProxy, name: string) =>
  proxy.createSpan({ traceId: "t1", spanId: name, name });
