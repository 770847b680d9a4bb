// Pass-through: what a server asks of Langfuse's other paths goes to its project's Langfuse and back, as a stream
// and with its own credentials. Only to the configured base URL, only below /api/public, never for a page: an
// answer may hold all that a project knows.
import { describeError, logEvent } from "../../../log.ts";
import type { Project } from "../../../settings/index.ts";
import { SECRET_IN_BROWSER, UNAUTHORIZED_SERVER } from "../../access/access-refusal.ts";
import { refuseOwn } from "../../access/own-request.ts";
import { credentialsOf } from "../../access/credentials.ts";
import type { EdgeAnswer } from "../../answers.ts";
import type { EdgeDeps } from "../../edge-deps.ts";
import type { RequestRefusal } from "../../request-refusal.ts";
import { legacyRefusal } from "../answers.ts";
import { OTLP_PATHS } from "../../otlp/otlp-answer.ts";
import { REST_PATHS } from "../rest-events.ts";
import { answerHeaders, requestHeaders } from "./relay-headers.ts";
import { bodyOf } from "./relay-body.ts";
import { hasIdsInBody, translateUrl } from "./translate-ids.ts";

/** Langfuse's answer has to begin by then; a long read may take so long. */
export const RELAY_TIMEOUT_MS = 120_000;

const NOT_PUBLIC: RequestRefusal = {
  code: "not_found",
  message: "only paths below /api/public go on to Langfuse",
};
const TAKEN_HERE: RequestRefusal = {
  code: "not_found",
  message: "the edge takes such data itself, on this path as Langfuse spells it",
};
/** All that Langfuse knows. CONNECT and TRACE are of no resource, and others no fetch sends. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const NO_METHOD: RequestRefusal = {
  code: "method_not_allowed",
  message: `the method must be one of ${METHODS.join(", ")}`,
  headers: { allow: METHODS.join(", ") },
};
const UNREACHABLE: RequestRefusal = {
  code: "unavailable",
  message: "Langfuse did not answer; send it again",
  headers: { "retry-after": "1" },
};

export async function relay(request: Request, deps: EdgeDeps): Promise<Response> {
  const began = deps.now();
  const outcome = await relayed(request, deps);
  const failed = "error" in outcome ? outcome.error : undefined;
  const fine = outcome.response.status < 400;
  logEvent(failed === undefined ? (fine ? "debug" : "info") : "warn", "relay", {
    method: request.method,
    status: outcome.response.status,
    ...("code" in outcome && { code: outcome.code }),
    ...(failed !== undefined && { error: failed }),
    ms: deps.now() - began,
  });
  return outcome.response;
}

interface Relayed {
  response: Response;
  code?: string;
  error?: string;
}

async function relayed(request: Request, deps: EdgeDeps): Promise<Relayed> {
  const { headers, method } = request;
  if (!METHODS.includes(method)) return refused(NO_METHOD);
  if (isFromBrowser(headers)) return refused(SECRET_IN_BROWSER.refusal);
  if (credentialsOf(headers).kind !== "basic") return refused(UNAUTHORIZED_SERVER.refusal);
  const caller = await deps.access(request);
  if ("refusal" in caller) return refused(caller.refusal);
  const leadsBack = refuseOwn(headers);
  if (leadsBack !== undefined) return refused(leadsBack);
  const url = new URL(request.url);
  if (!isPublicPath(url.pathname)) return refused(NOT_PUBLIC);
  if (isTakenHere(method, url.pathname)) return refused(TAKEN_HERE);
  const changes = hasIdsInBody(method, url.pathname) && !headers.has("content-encoding");
  const sent = await bodyOf(request, changes, deps);
  if ("refusal" in sent) return refused(sent.refusal);
  try {
    const target = targetOf(caller.project, translateUrl(url, deps.settings.traceIdFormat));
    return await passOn(request, target, { body: sent.body, isChanged: changes }, deps);
  } finally {
    sent.end();
  }
}

async function passOn(
  request: Request,
  target: string,
  { body, isChanged }: { body: BodyInit | null; isChanged: boolean },
  deps: EdgeDeps,
): Promise<Relayed> {
  const { headers, method } = request;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), RELAY_TIMEOUT_MS);
  try {
    const answer = await deps.relay(
      new Request(target, {
        method,
        headers: requestHeaders(headers, deps.settings.extraHeaders, isChanged),
        // A body that is a stream is only sent so, by the standard; here it always is.
        ...(body !== null && { body, duplex: "half" }),
        // The client decides what it follows, and with which credentials.
        redirect: "manual",
        signal: AbortSignal.any([abort.signal, request.signal]),
      }),
    );
    const { status, statusText } = answer;
    const init = { status, statusText, headers: answerHeaders(answer.headers) };
    // Statuses without a body may not be given one.
    return { response: new Response(isEmpty(status, method) ? null : answer.body, init) };
  } catch (error) {
    return { ...refused(UNREACHABLE), error: describeError(error) };
  } finally {
    clearTimeout(timer);
  }
}

const TAKEN: ReadonlySet<string> = new Set([
  "POST /api/public/ingestion",
  ...OTLP_PATHS.map((path) => `POST ${path}`),
  ...Object.keys(REST_PATHS).map((name) => name.replace(" ", " /api/public/")),
]);

const isEmpty = (status: number, method: string): boolean =>
  method === "HEAD" || status === 204 || status === 205 || status === 304;

/**
 * A browser names the page of another origin, and a preflight asks for one; of its own host it names none, and
 * may add keys that somebody once typed. This header no program of a server sets.
 */
function isFromBrowser(headers: Headers): boolean {
  return headers.has("origin") || headers.has("sec-fetch-site");
}

/** As many decoders as may stand one behind the other. */
const MAX_DECODINGS = 4;

/** Whatever servers behind may make of it: no part of it leads up, however often it is decoded. */
function isPublicPath(pathname: string): boolean {
  if (!pathname.startsWith("/api/public/")) return false;
  let path = decoded(pathname);
  for (let times = 0; times < MAX_DECODINGS; times += 1) {
    if (path?.split(/[/\\]/).some((part) => part === "." || part === "..") !== false) return false;
    const again = decoded(path);
    // A percent sign that stands for itself, or nothing to decode.
    if (again === undefined || again === path) return true;
    path = again;
  }
  return false;
}

/** Another spelling of a path whose data is masked and kept here: it must not be a way around. */
function isTakenHere(method: string, pathname: string): boolean {
  const plain = (decoded(pathname) ?? "").replaceAll(/\/+/g, "/").replace(/\/$/, "").toLowerCase();
  return plain !== pathname && TAKEN.has(`${method} ${plain}`);
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function targetOf({ baseUrl }: Project, path: string): string {
  return `${baseUrl}${path}`;
}

function refused(refusal: RequestRefusal): Relayed {
  const { status, body, text, headers = {}, code }: EdgeAnswer = legacyRefusal(refusal);
  const own = { ...headers, "cache-control": "no-store", vary: "Origin" };
  const response =
    text === undefined
      ? Response.json(body, { status, headers: own })
      : new Response(text, { status, headers: own });
  return { response, ...(code !== undefined && { code }) };
}
