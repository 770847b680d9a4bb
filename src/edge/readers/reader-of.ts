// The door of what readers may see: for each route that shows something and changes nothing.
import type { EdgeDeps } from "../edge-deps.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import type { Reader } from "./reader.ts";

const OTHER_SITE: RequestRefusal = {
  code: "origin_not_allowed",
  message: "only the edge's own pages may look by what a proxy or a cookie says",
};

/**
 * The reader that a request's credentials name.
 * @param token one that did not come in a header
 */
export async function readerOf(
  request: Request,
  deps: Pick<EdgeDeps, "readers" | "rateLimiting">,
  log: RequestLog,
  token?: string,
): Promise<Reader | { refusal: RequestRefusal }> {
  const reader = await deps.readers(request, token);
  if ("refusal" in reader) {
    if (reader.reason !== undefined) log.auth = reader.reason;
    return { refusal: reader.refusal };
  }
  if (reader.ambient === true && !isOwnPage(request)) {
    log.auth = "origin";
    return { refusal: OTHER_SITE };
  }
  log.project = reader.project.publicKey;
  if (reader.by === "keys") return reader;
  // Counted by address: readers of one project are few, and behind one address often.
  const caller = { project: reader.project, writer: "browser" as const, owner: "anonymous" };
  const refusal = await deps.rateLimiting.byCaller(caller, request.headers);
  return refusal === undefined ? reader : { refusal };
}

/** Whether no other site's page made the request: browsers say so themselves. */
export function isOwnPage({ headers, url }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return false;
  const origin = headers.get("origin");
  return origin === null || origin === new URL(url).origin;
}

/** Payloads are shown to those who have the keys, and to others where DASHBOARD_CONTENT says so. */
export function seesContent(reader: Reader, { settings }: Pick<EdgeDeps, "settings">): boolean {
  return reader.by === "keys" || settings.dashboard.content;
}
