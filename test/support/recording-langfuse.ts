// A Langfuse on loopback that records what it is sent and answers as a test wants it to.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onLoopback } from "./loopback.ts";
import { INGESTION_PATH, INVALID_JSON, wireBody } from "./wire-body.ts";

export interface RecordedRequest {
  path: string;
  headers: IncomingMessage["headers"];
  body: unknown;
}

export interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status?: { code?: number; message?: string };
  attributes: { key: string; value: Record<string, unknown> }[];
}

/** What to answer to a request; `hang` never answers. */
export type Reply =
  | { status: number; body?: string; headers?: Record<string, string> }
  | "hang"
  | "ok";
export type Behaviour = (request: RecordedRequest) => Reply;

export interface RecordingLangfuse {
  url: string;
  requests: RecordedRequest[];
  /** Spans of requests that were answered with ok. */
  spans: () => WireSpan[];
  scores: () => Record<string, unknown>[];
  behave: (behaviour: Behaviour) => void;
  close: () => Promise<void>;
}

/** The real one's answer to what it takes: of a batch, each event by its id. */
function answerTo({ path, body }: RecordedRequest) {
  const headers = { "content-type": "application/json" };
  if (!path.endsWith(INGESTION_PATH)) return { status: 200, body: "{}", headers };
  const { batch } = body as { batch: { id: string }[] };
  const successes = batch.map(({ id }) => ({ id, status: 201 }));
  return { status: 207, body: JSON.stringify({ successes, errors: [] }), headers };
}

export async function recordingLangfuse(): Promise<RecordingLangfuse> {
  const requests: RecordedRequest[] = [];
  const taken: RecordedRequest[] = [];
  let behaviour: Behaviour = () => "ok";
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing);
  });
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await record(incoming);
    if (request === undefined) {
      outgoing.writeHead(400, { "content-type": "text/plain" }).end(INVALID_JSON);
      return;
    }
    const OK = answerTo(request);
    requests.push(request);
    const reply = behaviour(request);
    if (reply === "ok") taken.push(request);
    if (reply === "hang") return;
    const { status, body = "", headers = {} } = reply === "ok" ? OK : reply;
    outgoing.writeHead(status, headers).end(body);
  }
  return {
    ...(await onLoopback(server)),
    requests,
    spans: () => taken.flatMap(({ body }) => spansOf(body)),
    scores: () => taken.flatMap(({ body }) => scoresOf(body)),
    behave: (next) => {
      behaviour = next;
    },
  };
}

/** Undefined for a body that the real Langfuse does not read. */
async function record(incoming: IncomingMessage): Promise<RecordedRequest | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { pathname } = new URL(incoming.url ?? "/", "http://langfuse.test");
  const encoding = incoming.headers["content-encoding"];
  const text = wireBody(pathname, encoding, Buffer.concat(chunks));
  if (text === undefined) return undefined;
  return { path: pathname, headers: incoming.headers, body: text === "" ? null : JSON.parse(text) };
}

export function spansOf(body: unknown): WireSpan[] {
  const { resourceSpans = [] } = (body ?? {}) as {
    resourceSpans?: { scopeSpans: { spans: WireSpan[] }[] }[];
  };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

function scoresOf(body: unknown): Record<string, unknown>[] {
  const { batch = [] } = (body ?? {}) as { batch?: { body: Record<string, unknown> }[] };
  return batch.map((event) => event.body);
}

/** A span's attributes as a plain record. */
export function attributesOf(span: WireSpan): Record<string, unknown> {
  return Object.fromEntries(
    span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
  );
}
