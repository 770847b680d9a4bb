// All that the doctor asks of an edge, from outside, as anybody and as the project's server and as a page. It writes
// nothing: a token is made and thrown away, and the page's request is a flush of nothing.
import { probe, type Probe } from "./probe.ts";

export interface Seen {
  origin: string;
  /** The page's origin that was asked for. */
  page?: string;
  hasKeys: boolean;
  /** The difference of the edge's clock to this machine's, ms: above 0 where this machine is behind. */
  skewMs?: number;
  /** Health, as anybody sees it. */
  open: Probe;
  /** Health, as the project's server sees it. */
  keyed?: Probe;
  /** Langfuse's project, asked for through the edge. */
  langfuse?: Probe;
  outcomes?: Probe;
  token?: Probe;
  /** A flush as a page sends it, with that token. */
  written?: Probe;
  preflight?: Probe;
  script: Probe;
}

export interface Asking {
  fetch: typeof globalThis.fetch;
  now: () => number;
  origin: string;
  /** `Basic …`; absent without keys. */
  authorization: string | undefined;
  page: string | undefined;
}

const SESSION = "langfuse-edge-doctor";
const JSON_TYPE = { "content-type": "application/json" };

export async function look({ fetch, now, origin, authorization, page }: Asking): Promise<Seen> {
  const api = `${origin}/api/langfuse`;
  const asked = now();
  const open = await probe(fetch, `${api}/trace`);
  const bySecond = dateOf(open);
  const skewMs = bySecond === undefined ? undefined : bySecond - (asked + now()) / 2;
  const seen: Seen = {
    origin,
    hasKeys: authorization !== undefined,
    open,
    script: await probe(fetch, `${origin}/langfuse-edge.js`, { method: "HEAD" }),
    ...(page !== undefined && { page }),
    ...(skewMs !== undefined && { skewMs }),
  };
  if (page !== undefined) {
    const headers = {
      origin: page,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type",
    };
    seen.preflight = await probe(fetch, `${api}/trace`, { method: "OPTIONS", headers });
  }
  if (authorization === undefined || open.status === 0) return seen;
  const headers = { authorization };
  const askedAgain = now();
  seen.keyed = await probe(fetch, `${api}/trace`, { headers });
  const exact = Date.parse(String(seen.keyed.body?.["time"]));
  if (!Number.isNaN(exact)) seen.skewMs = exact - (askedAgain + now()) / 2;
  if (seen.keyed.status !== 200) return seen;
  seen.langfuse = await probe(fetch, `${origin}/api/public/projects`, { headers });
  seen.outcomes = await probe(fetch, `${api}/outcomes`, { headers });
  seen.token = await probe(fetch, `${api}/token`, {
    method: "POST",
    headers: { ...headers, ...JSON_TYPE },
    body: JSON.stringify({ sessionId: SESSION, ttlSeconds: 60 }),
  });
  const token = seen.token.body?.["token"];
  if (typeof token !== "string") return seen;
  const asPage = { authorization: `Bearer ${token}`, ...(page !== undefined && { origin: page }) };
  seen.written = await probe(fetch, `${api}/trace`, {
    method: "POST",
    headers: { ...asPage, ...JSON_TYPE },
    body: JSON.stringify({ action: "flush", data: {} }),
  });
  return seen;
}

/** Epoch ms. The header has whole seconds: half of one is added. workerd by itself sends none. */
function dateOf({ headers }: Probe): number | undefined {
  const date = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(date) ? undefined : date + 500;
}
