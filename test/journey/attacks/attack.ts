import type { RawRequest } from "../../support/raw-request.ts";
import { PAGE, type World } from "./world.ts";

/** One request that should not get its sender anywhere, and what it is answered. */
export interface Attack {
  name: string;
  request: RawRequest | ((world: World) => RawRequest | Promise<RawRequest>);
  status: number;
  /** Of the error; absent where the attack is harmless and answered like anything else. */
  code?: string;
  /** No page may read the answer, whatever its origin. */
  closed?: true;
  /** The runtime answers by itself: the request is none that a Worker ever sees. */
  byRuntime?: true;
}

export const JSON_TYPE = { "content-type": "application/json" };
export const SPAN = JSON.stringify({
  action: "create_span",
  data: { traceId: "ui2-1671234567890-abc123", spanId: "call", name: "frontend-backend-api-call" },
});

/** A request of an allowed page with this token. */
export const withToken = (token: string, body = SPAN, more: RawRequest = {}): RawRequest => ({
  body,
  ...more,
  headers: { ...JSON_TYPE, origin: PAGE, authorization: `Bearer ${token}`, ...more.headers },
});

export const action = (name: string, data: object, more: object = {}): string =>
  JSON.stringify({ action: name, data, ...more });

/** A request of an allowed page with a valid token and this body. */
export const body = (
  name: string,
  sent: string | Uint8Array,
  status: number,
  code?: string,
  more: RawRequest = {},
): Attack => ({
  name,
  request: async ({ token }) => ({ ...withToken(await token(), "", more), body: sent }),
  status,
  ...(code !== undefined && { code }),
});

/** The same with this in the data of a trace, as it is written. */
export const raw = (name: string, data: string, status: number, code?: string): Attack =>
  body(name, `{"action":"create_trace","data":{"traceId":"t",${data}}}`, status, code);
