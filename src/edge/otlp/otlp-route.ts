// POST of a trace export: spans that are complete, from OpenTelemetry's exporters and Langfuse's own SDKs. How a
// request of it is written, and what becomes of its spans; says taken only for what an object has kept.
import { describeError } from "../../log.ts";
import { decodeExport } from "../../otlp/decode-protobuf.ts";
import { authenticateByHeaders } from "../access/authenticate.ts";
import type { Caller } from "../access/caller.ts";
import { refuseOwn } from "../access/own-request.ts";
import { answerRefusal, type EdgeAnswer } from "../answers.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { callSession } from "../ingest/ingest.ts";
import { type CallResult, type Outcome, refusalIn } from "../ingest/outcomes.ts";
import { filterSpans, senderOf } from "../ingest/store-hook.ts";
import { interpretContext } from "../interpret/context.ts";
import { MAX_EXPORT_BYTES } from "../../protocol/limits.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { parseJson, readBytes, refuseBody } from "../read-body.ts";
import { refuseWrites } from "../refuse-writes.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import type { Handler } from "../respond.ts";
import { answerSpans, asLangfuse, encodingOf, MEDIA_TYPES } from "./otlp-answer.ts";
import { type ReadSpans, readSpans } from "./read-export.ts";
import { routeOverflow, routeSpans, type SpanCall } from "./route-spans.ts";

export const postSpans: Handler = async (request, deps, log, body) =>
  asLangfuse(await takeSpans(request, deps, log, body), request);

async function takeSpans(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
  body: RequestBody,
): Promise<EdgeAnswer> {
  const { settings } = deps;
  const { headers } = request;
  const { bodyBytes } = settings.limits;
  const serverBytes = Math.max(bodyBytes, MAX_EXPORT_BYTES);
  const unfit =
    refuseOwn(headers) ?? refuseBody(headers, serverBytes, MEDIA_TYPES) ?? refuseVersion(headers);
  const caller = await authenticateByHeaders(request, body, deps, log, unfit);
  if ("refusal" in caller) return answerRefusal(caller.refusal);
  // Of a page's the operator's own limit holds.
  const maxBytes = caller.writer === "server" ? serverBytes : bodyBytes;
  const closed = refuseWrites(settings) ?? refuseCaller(caller);
  if (closed !== undefined) return answerRefusal(closed);
  const payload = await readPayload(headers, body, maxBytes);
  if ("refusal" in payload) return answerRefusal(payload.refusal);
  const { release } = settings.assembly;
  const context = {
    ...interpretContext(settings, caller, deps.now()),
    ...omitUndefined({ release }),
  };
  const read = readSpans(payload.value, context);
  if ("refusal" in read) return answerRefusal(read.refusal);
  const kept = await keep(read, caller, headers, deps, log);
  return "refusal" in kept ? answerRefusal(kept.refusal) : answerSpans(kept.outcomes);
}

const VERSION = "x-langfuse-ingestion-version";
const LATEST_VERSION = 4;

/** Langfuse's own rule and words: a client of a later protocol must not think that it was understood. */
function refuseVersion(headers: Headers): RequestRefusal | undefined {
  const version = headers.get(VERSION) ?? headers.get(VERSION.replaceAll("-", "_"));
  if (version === null || version === "") return undefined;
  if (Number.parseInt(version, 10) <= LATEST_VERSION) return undefined;
  const message = `Unsupported ${VERSION}: "${version.slice(0, 20)}". Maximum supported: "${LATEST_VERSION}".`;
  return { code: "invalid_request", message };
}

/** A span may say all that these say. */
const NEEDED_ACTIONS = ["create_trace", "create_span"];

function refuseCaller({ actions }: Caller): RequestRefusal | undefined {
  if (actions === undefined || NEEDED_ACTIONS.every((name) => actions.has(name))) return undefined;
  const message = `the token's actions must name ${NEEDED_ACTIONS.join(" and ")} to export spans`;
  return { code: "forbidden", message };
}

const UNREADABLE: Readonly<Record<"json" | "protobuf", RequestRefusal>> = {
  json: { code: "invalid_json", message: "the body must be JSON in UTF-8" },
  protobuf: { code: "invalid_request", message: "the body must be a trace export in protobuf" },
};

async function readPayload(
  headers: Headers,
  body: RequestBody,
  maxBytes: number,
): Promise<{ value: unknown } | { refusal: RequestRefusal }> {
  const encoding = encodingOf(headers);
  try {
    const read = await readBytes(headers, body, maxBytes);
    if ("refusal" in read) return read;
    return encoding === "json" ? parseJson(read.bytes) : { value: decodeExport(read.bytes) };
  } catch {
    return { refusal: UNREADABLE[encoding] };
  }
}

async function keep(
  { spans: read, origins }: ReadSpans,
  caller: Caller,
  headers: Headers,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<{ outcomes: Outcome[] } | { refusal: RequestRefusal }> {
  const spans = await filterSpans(read, deps.beforeStore, senderOf(caller, headers));
  const outcomes = spans.map((item): Outcome =>
    item.kind === "refused" ? item : { kind: "kept", ids: {} },
  );
  const calls = routeSpans(spans, origins, caller);
  const first = await send(calls, outcomes, caller, headers, deps);
  if ("refusal" in first) return first;
  const inLanes = new Set(calls.flatMap(({ request, places }) => (request.lane ? places : [])));
  const turnedAway = [...spans.entries()].filter(
    ([place]) => inLanes.has(place) && isTurnedAway(outcomes[place]),
  );
  const more = routeOverflow(turnedAway, origins, caller);
  const second = more.length > 0 ? await send(more, outcomes, caller, headers, deps) : undefined;
  log.actions = outcomes.length;
  log.refusals = outcomes.flatMap((one) => (one.kind === "refused" ? [one.refusal.code] : []));
  log.refused = log.refusals.length;
  log.accepted = outcomes.length - log.refused;
  log.keys = calls.length;
  const results = [...first.results];
  if (second !== undefined && !("refusal" in second)) {
    log.keys += more.length;
    results.push(...second.results);
  }
  const failed = results.find((result) => "failed" in result);
  if (failed !== undefined) log.error = describeError(failed.failed);
  return { outcomes };
}

/** Makes the calls, and writes each span's outcome to its place. */
async function send(
  calls: readonly SpanCall[],
  outcomes: Outcome[],
  caller: Caller,
  headers: Headers,
  deps: EdgeDeps,
): Promise<{ results: CallResult[] } | { refusal: RequestRefusal }> {
  const objects = calls.map(({ object }) => object);
  const overRate = await deps.rateLimiting.byObjects(caller, headers, objects, caller.sessionId);
  if (overRate !== undefined) return { refusal: overRate };
  const results = await Promise.all(calls.map((call) => callSession(call, deps)));
  for (const [index, { places }] of calls.entries()) {
    for (const [nth, place] of places.entries()) {
      const refusal = refusalIn(results[index], nth);
      outcomes[place] =
        refusal === undefined ? { kind: "kept", ids: {} } : { kind: "refused", refusal };
    }
  }
  return { results };
}

/** Surely not kept: the object has no room. */
function isTurnedAway(outcome: Outcome | undefined): boolean {
  return outcome?.kind === "refused" && outcome.refusal.elsewhere === true;
}
