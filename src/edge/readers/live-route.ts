// GET /api/langfuse/live: a WebSocket, by which a reader is told what happens in its project. Who it is, and of which
// origin, is judged here; the project's live hub only sees those who may watch.
import { describeError } from "../../log.ts";
import { LIVE_PATH, LIVE_PROTOCOL, LIVE_TOKEN_PREFIX } from "../../protocol/live.ts";
import { WATCH_HEADER, WATCH_LEASE_MS, type WatchTerms } from "../../protocol/live/calls.ts";
import { MAX_TOKEN_LENGTH } from "../../protocol/limits.ts";
import type { OriginVerdict } from "../access/origins.ts";
import { answerRefusal } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import type { HandlerAnswer } from "../respond.ts";
import { isOwnPage, readerOf, seesContent } from "./reader-of.ts";

const NO_SOCKET: RequestRefusal = {
  code: "invalid_request",
  message: `${LIVE_PATH} is a WebSocket of the protocol ${LIVE_PROTOCOL}`,
};
const NO_ORIGIN: RequestRefusal = {
  code: "origin_not_allowed",
  message:
    "only pages watch, whose browser names their origin: the edge's own, or one of ALLOWED_ORIGINS",
};
const NO_HUB: RequestRefusal = {
  code: "unavailable",
  message: "the live view can't be had just now, or LIVE is not bound",
  headers: { "retry-after": "2" },
};

export async function watch(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
  _body: RequestBody,
  verdict: OriginVerdict,
): Promise<HandlerAnswer> {
  const { headers } = request;
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") return answerRefusal(NO_SOCKET);
  // A socket is no subject of CORS: any site's page could open one, in the browser of somebody who may watch.
  if (!mayWatch(request, verdict)) {
    log.auth = "origin";
    return answerRefusal(NO_ORIGIN);
  }
  const offered = (headers.get("sec-websocket-protocol") ?? "").split(",").map((one) => one.trim());
  if (!offered.includes(LIVE_PROTOCOL)) return answerRefusal(NO_SOCKET);
  const reader = await readerOf(request, deps, log, tokenIn(offered));
  if ("refusal" in reader) return answerRefusal(reader.refusal);
  const { project, until } = reader;
  const content = seesContent(reader, deps);
  const terms: WatchTerms = { project: project.publicKey, until, content };
  if (deps.live === undefined) return answerRefusal(NO_HUB);
  try {
    // Nothing of the request goes along but that it wants a socket: its token stays here.
    const asked = new Request("https://live.invalid/", {
      headers: { upgrade: "websocket", [WATCH_HEADER]: encodeURIComponent(JSON.stringify(terms)) },
    });
    const response = await deps.live(project.publicKey).fetch(asked);
    if (response.status !== 101) return answerRefusal(NO_HUB);
    deps.watching?.seen(project.publicKey, deps.now() + WATCH_LEASE_MS);
    return { status: 101, socket: response };
  } catch (error) {
    log.error = describeError(error);
    return answerRefusal(NO_HUB);
  }
}

/** `*` is development's, where any site's page is let in elsewhere: not here. */
function mayWatch(request: Request, verdict: OriginVerdict): boolean {
  if (!request.headers.has("origin")) return false;
  if (isOwnPage(request)) return true;
  return verdict.kind === "allowed" && verdict.origin !== "*";
}

function tokenIn(offered: readonly string[]): string | undefined {
  const found = offered.find((one) => one.startsWith(LIVE_TOKEN_PREFIX));
  const token = found?.slice(LIVE_TOKEN_PREFIX.length);
  return token !== undefined && token.length > MAX_TOKEN_LENGTH ? "" : token;
}
