// What stands between pages and the real edge: it passes on what is sent and remembers it, or
// misbehaves as a test wants. At an address of its own it is an edge of another origin; a site
// also hands it the requests for its own `/api/langfuse/trace`.
import { type IncomingMessage, request as send, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { bodyOf, serve } from "./serve.ts";

export interface SentAction {
  action: string;
  data: Record<string, unknown>;
  seq?: number;
  at: number;
}
export interface SeenRequest {
  headers: IncomingMessage["headers"];
  clientId: string;
  sessionId: string;
  dropped: Record<string, number>;
  actions: SentAction[];
  /** The edge's status; undefined while it is not asked, or has not answered. */
  status?: number;
}

/** `lost answer`: the edge takes the request, and the connection breaks before its answer. */
export type Fault =
  | { status: number; headers?: Record<string, string>; body: string }
  | "reset"
  | "silence"
  | "lost answer";

export interface EdgeGate {
  url: string;
  handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Each POST, whether the edge got it or not. */
  seen: SeenRequest[];
  /** What the edge took of them. */
  taken: () => SeenRequest[];
  /** Towards one session, or all that have no behaviour of their own. */
  behave: (fault?: Fault, sessionId?: string) => void;
  cut: (isCut: boolean) => void;
  close: () => Promise<void>;
}

/** `edge`: where it is, or will be. */
export async function edgeGate(edge: string | (() => string)): Promise<EdgeGate> {
  const origin = (): string => (typeof edge === "string" ? edge : edge());
  const seen: SeenRequest[] = [];
  const faults = new Map<string | undefined, Fault | undefined>();

  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const request = incoming.method === "POST" ? read(incoming, body) : undefined;
    if (request) seen.push(request);
    const now = faults.get(request?.sessionId) ?? faults.get(undefined);
    if (now === "silence") return;
    if (now === "reset") return void incoming.socket.resetAndDestroy();
    if (typeof now === "object" && incoming.method === "POST") {
      const headers = { "access-control-allow-origin": "*", ...now.headers };
      outgoing.writeHead(now.status, headers).end(now.body);
      return;
    }
    const { method = "GET", url = "/", headers } = incoming;
    const passed = send(origin() + url, { method, headers }, (reply) => {
      if (request) request.status = reply.statusCode ?? 0;
      if (now === "lost answer") incoming.socket.resetAndDestroy();
      else reply.pipe(outgoing.writeHead(reply.statusCode ?? 502, reply.headers));
    });
    passed.on("error", () => outgoing.destroy());
    passed.end(body);
  };
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // A page that goes breaks its request off; that is its right.
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  };
  const served = await serve(handle);
  return {
    ...served,
    handle,
    seen,
    taken: () => seen.filter(({ status = 500 }) => status < 300),
    behave: (fault, sessionId) => void faults.set(sessionId, fault),
  };
}

function read({ headers }: IncomingMessage, raw: Buffer): SeenRequest {
  const text = (headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw).toString();
  return { headers, ...(JSON.parse(text) as Omit<SeenRequest, "headers">) };
}
