import { afterEach, beforeEach, vi } from "vitest";
import { tracedFetch, type TurnOptions } from "../../../../src/client/chat.ts";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import { reading } from "../../../../src/client/reading/load-reading.ts";
import { fakeEdge, fakePage, kept, type SentAction } from "../fake-edge.ts";

// As in a page that has asked before; `late-reader.test.ts` is about one that has not.
await reading.load();

/** Each test of the file begins at the same moment, on a page of its own. */
export function eachOnAPage(): () => ReturnType<typeof fakePage> {
  let page: ReturnType<typeof fakePage>;
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_790_000_000_000 });
    page = fakePage();
    for (const [name, value] of Object.entries(page.globals)) vi.stubGlobal(name, value);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  return () => page;
}
export const pass = (ms = 200) => vi.advanceTimersByTimeAsync(ms);

export const utf8 = new TextEncoder();
export const sse = (event: unknown): Uint8Array =>
  utf8.encode(`data: ${JSON.stringify(event)}\n\n`);
export const delta = (content: string): Uint8Array =>
  sse({ model: "gpt-5", choices: [{ index: 0, delta: { content } }] });
export const usage = sse({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } });

/** A backend that streams the chunks, and lets a test see what it was asked. */
export function backend(chunks: Uint8Array[], status = 200) {
  const asked: { input: unknown; init: RequestInit | undefined }[] = [];
  const left = [...chunks];
  let cancelled: unknown;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked.push({ input, init });
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const chunk = left.shift();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
      cancel: (reason) => void (cancelled = reason),
    });
    return new Response(body, { status, headers: { "content-type": "text/event-stream" } });
  };
  const headers = (): Record<string, string> =>
    Object.fromEntries(new Headers(asked[0]?.init?.headers));
  return { fetch, asked, headers, cancelled: () => cancelled };
}

export function traced(chunks: Uint8Array[], options: Partial<TurnOptions> = {}, status = 200) {
  const edge = fakeEdge(kept);
  const client = new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1", userId: "ada" });
  const behind = backend(chunks, status);
  const all = { client, assistantName: "Research Assistant", fetch: behind.fetch, ...options };
  return { edge, client, behind, fetch: tracedFetch(all), options: all };
}

export async function readAll(response: Response): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body ?? []) chunks.push(chunk);
  return chunks;
}

export const question = {
  method: "POST",
  body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content: "Why?" }] }),
};
export const names = (actions: SentAction[]): string[] =>
  actions.map(({ action, data }) =>
    `${action} ${(data["name"] as string | undefined) ?? ""}`.trim(),
  );
export const find = (actions: SentAction[], action: string): Record<string, unknown> =>
  actions.find((one) => one.action === action)?.data ?? {};
