// The sink's routes over a store in memory, and requests to them as a sender makes them.
import { Hono } from "hono";
import { createSinkRoutes } from "../../../../src/dev/sink/routes.ts";
import { sinkSender } from "../../../../src/dev/sink/sender.ts";
import type { StandIn } from "../../../../src/dev/sink/stand-in.ts";
import { memorySink } from "./sqlite.ts";

export const KEYS = { publicKey: "pk-lf-sink", secretKey: "sk-lf-sink" };
const BASIC = `Basic ${btoa(`${KEYS.publicKey}:${KEYS.secretKey}`)}`;
export const OTLP = "/sink/api/public/otel/v1/traces";

export interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
  method?: string;
  signal?: AbortSignal;
}

export function requestOf(url: string, { body, headers = {}, ...init }: Sent = {}): Request {
  return new Request(url, {
    method: "POST",
    headers: {
      authorization: BASIC,
      "content-type": "application/json",
      "x-langfuse-ingestion-version": "4",
      ...headers,
    },
    ...(body !== undefined && {
      body: body instanceof Uint8Array ? body.slice() : JSON.stringify(body),
    }),
    ...init,
  });
}

export interface SinkUnderTest {
  sink: StandIn;
  app: Hono;
  send: (path: string, sent?: Sent) => Promise<Response>;
  /** Tells it how to behave. */
  put: (behaviour: unknown) => Promise<Response>;
  /** The sink in place of the network. */
  sender: (request: Request) => Promise<Response>;
}

/** `now`: the sink's clock, epoch ms. */
export function sinkUnderTest(now?: () => number): SinkUnderTest {
  const sink = memorySink(undefined, now);
  const deps = { sink: () => sink, keys: KEYS };
  const app = new Hono().route("/sink", createSinkRoutes(deps));
  const send = async (path: string, sent?: Sent) =>
    app.fetch(requestOf(`http://127.0.0.1${path}`, sent));
  const put = (body: unknown) => send("/sink/behaviour", { method: "PUT", body });
  return { sink, app, send, put, sender: sinkSender(deps) };
}
