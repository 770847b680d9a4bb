// An edge on the other end of an injected `fetch`: it remembers what it was sent and answers as told.
import type { Result } from "../../../src/client/types.ts";

export interface SentAction {
  action: string;
  data: Record<string, unknown>;
  seq?: number;
  at: number;
}
export interface Sent {
  headers: Record<string, string>;
  keepalive: boolean;
  bytes: number;
  clientId: string;
  sessionId: string;
  sentAt: number;
  dropped: Record<string, number>;
  actions: SentAction[];
}
type Reply = (sent: Sent, nth: number) => Response | Promise<Response>;

export const kept = (sent: Sent): Response =>
  Response.json({ success: true, results: sent.actions.map(() => ({ success: true })) });

export const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  () =>
    new Response(JSON.stringify({ success: false, error: { code: "busy" } }), {
      status: code,
      headers,
    });

export const results = (list: Result[]): Response =>
  Response.json({ results: list }, { status: 207 });

/** Replies in turn; the last one goes on. */
export function fakeEdge(...replies: Reply[]) {
  const sent: Sent[] = [];
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    const body = init?.body;
    const bytes = new Uint8Array(await new Response(body ?? null).arrayBuffer());
    const headers = Object.fromEntries(new Headers(init?.headers));
    const text =
      headers["content-encoding"] === "gzip"
        ? await new Response(
            new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")),
          ).text()
        : new TextDecoder().decode(bytes);
    const { keepalive = false } = { ...init } as { keepalive?: boolean };
    const envelope = JSON.parse(text) as Sent;
    sent.push({ ...envelope, headers, keepalive, bytes: bytes.length });
    const reply = replies[Math.min(sent.length, replies.length) - 1] ?? kept;
    return reply(sent.at(-1) as Sent, sent.length - 1);
  };
  const actions = (): SentAction[] => sent.flatMap((request) => request.actions);
  return { sent, fetch, actions };
}

/** A page whose events a test can send. */
export function fakePage() {
  const events = new EventTarget();
  return {
    globals: {
      addEventListener: events.addEventListener.bind(events),
      // Node looks for the phase in an object alone.
      removeEventListener: (type: string, listener: () => void, capture = false) =>
        events.removeEventListener(type, listener, { capture }),
      document: { hidden: false },
      location: { href: "https://app.example/chat" },
    },
    send: (type: string) => events.dispatchEvent(new Event(type)),
    dispatch: (event: Event) => events.dispatchEvent(event),
  };
}
