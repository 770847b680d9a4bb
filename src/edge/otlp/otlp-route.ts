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
import { type Outcome, refusalIn } from "../ingest/outcomes.ts";
import { filterSpans, senderOf } from "../ingest/store-hook.ts";
import { interpretContext } from "../interpret/context.ts";
import { omitUndefined } from "../omit-undefined.ts";
import { parseJson, readBytes, refuseBody } from "../read-body.ts";
import { refuseWrites } from "../refuse-writes.ts";
import type { RequestBody } from "../request-body.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { answerSpans, encodingOf, MEDIA_TYPES } from "./otlp-answer.ts";
import { type ReadSpans, readSpans } from "./read-export.ts";
import { routeSpans } from "./route-spans.ts";

export async function postSpans(
  request: Request,
  deps: EdgeDeps,
  log: RequestLog,
  body: RequestBody,
): Promise<EdgeAnswer> {
  const { settings } = deps;
  const { headers } = request;
  const { bodyBytes } = settings.limits;
  const unfit =
    refuseOwn(headers) ?? refuseBody(headers, bodyBytes, MEDIA_TYPES) ?? refuseVersion(headers);
  const caller = await authenticateByHeaders(request, body, deps, log, unfit);
  if ("refusal" in caller) return answerRefusal(caller.refusal);
  const closed = refuseWrites(settings) ?? refuseCaller(caller);
  if (closed !== undefined) return answerRefusal(closed);
  const payload = await readPayload(headers, body, bodyBytes);
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

/** Langfuse's own rule and words: a client of a later protocol must not think that it was understood. */
function refuseVersion(headers: Headers): RequestRefusal | undefined {
  const version = headers.get("x-langfuse-ingestion-version");
  if (version === null || version === "4") return undefined;
  const message = 'x-langfuse-ingestion-version: the one supported is "4"';
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
  const calls = routeSpans(spans, origins, caller);
  const objects = calls.map(({ object }) => object);
  const overRate = await deps.rateLimiting.byObjects(caller, headers, objects, caller.sessionId);
  if (overRate !== undefined) return { refusal: overRate };
  const results = await Promise.all(calls.map((call) => callSession(call, deps)));
  const outcomes = spans.map((item): Outcome =>
    item.kind === "refused" ? item : { kind: "kept", ids: {} },
  );
  for (const [index, { places }] of calls.entries()) {
    for (const [nth, place] of places.entries()) {
      const refusal = refusalIn(results[index], nth);
      if (refusal !== undefined) outcomes[place] = { kind: "refused", refusal };
    }
  }
  log.actions = outcomes.length;
  log.refusals = outcomes.flatMap((one) => (one.kind === "refused" ? [one.refusal.code] : []));
  log.refused = log.refusals.length;
  log.accepted = outcomes.length - log.refused;
  log.keys = calls.length;
  const failed = results.find((result) => "failed" in result);
  if (failed !== undefined) log.error = describeError(failed.failed);
  return { outcomes };
}
