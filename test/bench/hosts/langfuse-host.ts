// A stand-in for Langfuse that only takes and counts. The path of a base URL says how it behaves and
// under which label it counts: `/{label}/after/{ms}` answers so late, `/{label}/down` hangs up.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { INVALID_JSON, wireBody } from "../../support/wire-body.ts";
import { answerCalls } from "./child.ts";

export interface Received {
  requests: number;
  /** Spans, events or actions in them. */
  items: number;
}

// oxlint-disable-next-line typescript/consistent-type-definitions -- an interface has no index signature
export type LangfuseCalls = {
  start(): Promise<string>;
  received(label: string): Promise<Received>;
  forget(label: string): Promise<void>;
  /** Resolves when so many items have come, or after so many ms; with what has come. */
  until(label: string, items: number, ms: number): Promise<Received>;
};

const counts = new Map<string, Received>();
const countOf = (label: string): Received => {
  const known = counts.get(label) ?? { requests: 0, items: 0 };
  counts.set(label, known);
  return known;
};

const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const [, label = "", behaviour, ms] = (incoming.url ?? "").split("/");
  if (behaviour === "down") {
    incoming.socket.destroy();
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  if (Number(ms) > 0) await new Promise((resolve) => setTimeout(resolve, Number(ms)));
  const encoding = incoming.headers["content-encoding"];
  const text = wireBody(incoming.url ?? "", encoding, Buffer.concat(chunks));
  if (text === undefined) {
    outgoing.writeHead(400, { "content-type": "text/plain" }).end(INVALID_JSON);
    return;
  }
  const { items, ids } = readBody(text);
  const count = countOf(label);
  count.requests += 1;
  count.items += items;
  const isBatch = ids !== undefined;
  const body = isBatch ? { successes: ids.map((id) => ({ id, status: 201 })), errors: [] } : {};
  outgoing.writeHead(isBatch ? 207 : 200, { "content-type": "application/json" });
  outgoing.end(JSON.stringify(body));
}

function readBody(text: string): { items: number; ids?: unknown[] } {
  const body = JSON.parse(text) as {
    resourceSpans?: { scopeSpans: { spans: unknown[] }[] }[];
    batch?: { id: unknown }[];
    actions?: unknown[];
  };
  if (body.batch !== undefined) {
    return { items: body.batch.length, ids: body.batch.map(({ id }) => id) };
  }
  const spans = (body.resourceSpans ?? []).flatMap(({ scopeSpans }) => scopeSpans);
  if (spans.length > 0) return { items: spans.reduce((sum, one) => sum + one.spans.length, 0) };
  return { items: body.actions?.length ?? 1 };
}

const calls: LangfuseCalls = {
  async start() {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  },
  received: async (label) => ({ ...countOf(label) }),
  forget: async (label) => void counts.delete(label),
  async until(label, items, ms) {
    const end = performance.now() + ms;
    while (countOf(label).items < items && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return { ...countOf(label) };
  },
};
answerCalls(calls);
