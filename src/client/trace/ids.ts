// Ids of the browser, and what they become in Langfuse: the same rules as protocol/ids.ts, computed
// at once and without node:crypto. A test holds the two together.
import { hex, sha256 } from "./sha256.ts";

/** 16 hex digits: an observation's id, as it stays in Langfuse. */
export const randomHex = (): string => hex(crypto.getRandomValues(new Uint32Array(2)));

/** The end of an owner's ids; the edge appends it where it is missing. */
export const ownerTag = (publicKey: string, owner: string): string =>
  sha256(`${publicKey}\n${owner}`, 16);

/** A trace id in its owner's namespace; unchanged where there is no tag, or it is there already. */
export const ownedTraceId = (id: string, tag?: string): string =>
  tag && !id.endsWith(`.${tag}`) ? `${id}.${tag}` : id;

/** `ui2-{timestamp}-{requestId}`: a trace that begins in the browser. */
export const uiTraceId = (requestId = randomHex()): string => `ui2-${Date.now()}-${requestId}`;

/** `backend-{type}-{timestamp}`: a trace that begins in a backend. */
export const backendTraceId = (type: string): string => `backend-${type}-${Date.now()}`;

const derived = (id: string, digits: number, seed: string): string =>
  id.length === digits && /^(?!0+$)[\da-f]+$/i.test(id) ? id.toLowerCase() : sha256(seed, digits);

/** The trace's id in Langfuse: 32 hex digits stay, else the first 32 of the id's SHA-256. */
export const langfuseTraceId = (id: string): string => derived(id, 32, id);

/** The observation's id in Langfuse: 16 hex digits stay, else from SHA-256 of `{langfuse trace id}/{id}`. */
export const langfuseObservationId = (langfuseTrace: string, id: string): string =>
  derived(id, 16, `${langfuseTrace}/${id}`);

/** W3C trace context for a backend that hangs its spans under this observation; else under the root. */
export const traceparent = (langfuseTrace: string, id = "root"): string =>
  `00-${langfuseTrace}-${langfuseObservationId(langfuseTrace, id)}-01`;

/** W3C baggage; what has no value is left out. */
export const baggage = (entries: Record<string, string | undefined>): string =>
  Object.entries(entries)
    .flatMap(([key, value]) => (value ? `${key}=${encodeURIComponent(value.toWellFormed())}` : []))
    .join();
