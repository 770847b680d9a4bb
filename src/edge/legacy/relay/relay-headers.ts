// Headers of a request that goes on to Langfuse, and of its answer. Pure. Whatever speaks of one connection, or of
// how somebody came here, stays behind; no answer opens itself to pages.

import { VIA } from "../../access/own-request.ts";

/** RFC 9110, 7.6.1, and what older proxies add to it. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
/** Said by, or for, the edge; the runtime makes the host and the length anew. */
const OF_THE_EDGE =
  /^(?:cf-|x-forwarded-|x-real-ip$|forwarded$|cdn-loop$|host$|cookie$|origin$|expect$)/;

export function requestHeaders(
  given: Headers,
  extra: Readonly<Record<string, string>>,
  isChanged: boolean,
): Headers {
  const named = namedIn(given);
  const headers = new Headers();
  for (const [name, value] of given) {
    if (HOP_BY_HOP.has(name) || named.has(name) || OF_THE_EDGE.test(name)) continue;
    // The body was read and made anew.
    if (isChanged && /^content-(?:length|encoding)$/.test(name)) continue;
    headers.set(name, value);
  }
  headers.append("via", VIA);
  for (const [name, value] of Object.entries(extra)) {
    // A page of Langfuse's answer is in the encoding that its reader asked for.
    if (!/^(?:content-|host$|accept)/i.test(name)) headers.set(name, value);
  }
  return headers;
}

export function answerHeaders(given: Headers): Headers {
  const named = namedIn(given);
  const headers = new Headers();
  for (const [name, value] of given) {
    if (HOP_BY_HOP.has(name) || named.has(name)) continue;
    if (name.startsWith("access-control-") || name === "set-cookie") continue;
    headers.set(name, value);
  }
  headers.append("vary", "Origin");
  return headers;
}

/** Headers that `Connection` declares to be of this connection. */
function namedIn(headers: Headers): ReadonlySet<string> {
  const listed = headers.get("connection")?.toLowerCase().split(",") ?? [];
  return new Set(listed.map((name) => name.trim()));
}
