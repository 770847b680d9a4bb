// OTLP over HTTP: the paths, and answers as exporters expect them, in the encoding of the request. Pure.
import {
  CONTENT_TYPE,
  encodeResponse,
  encodeStatus,
  type Encoding,
  type PartialSuccess,
} from "../../otlp/encode-answer.ts";
import { isRetryable, type ActionRefusal } from "../../protocol/refusals.ts";
import { answerMany, type EdgeAnswer, LANGFUSE_STATUS } from "../answers.ts";
import type { Outcome } from "../ingest/outcomes.ts";
import { mediaTypeOf } from "../read-body.ts";
import type { EncodeBody } from "../respond.ts";

/** Langfuse's own path, below which its SDKs put nothing … */
export const LANGFUSE_OTLP_PATH = "/api/public/otel/v1/traces";
/** … and the one that OpenTelemetry's exporters add. */
export const OTLP_PATHS = [LANGFUSE_OTLP_PATH, "/v1/traces"];
export const OTLP_ALLOW = "POST, OPTIONS";
/** Headers that Langfuse's SDKs and OpenTelemetry's exporters send from a page. */
export const EXPORTER_HEADERS = [
  "x-langfuse-sdk-name",
  "x-langfuse-sdk-version",
  "x-langfuse-sdk-variant",
  "x-langfuse-public-key",
  "x-langfuse-ingestion-version",
  "traceparent",
  "tracestate",
  "baggage",
];
export const MEDIA_TYPES = Object.values(CONTENT_TYPE);

export function encodingOf(headers: Headers): Encoding {
  return mediaTypeOf(headers) === CONTENT_TYPE.protobuf ? "protobuf" : "json";
}

/** Exporters repeat a request on 429 and 503 alone: on 207 they would take what waits for kept. */
export function answerSpans(outcomes: readonly Outcome[]): EdgeAnswer {
  const refusals = outcomes.flatMap((one) => (one.kind === "refused" ? [one.refusal] : []));
  const again = outcomes.filter((one) => one.kind === "refused" && isRetryable(one.refusal.code));
  if (again.length > 0) return answerMany(again);
  if (refusals.length === 0) return { status: 200, body: {} };
  const errorMessage = wordsFor(refusals, outcomes.length);
  if (refusals.length < outcomes.length) {
    const partialSuccess: PartialSuccess = { rejectedSpans: refusals.length, errorMessage };
    return { status: 200, body: { partialSuccess } };
  }
  const { status } = answerMany(outcomes);
  const [first] = refusals;
  return {
    status,
    body: { error: { code: first?.code ?? "invalid_data", message: errorMessage } },
  };
}

/** Reasons that are named; each once, with its number. */
const MAX_REASONS = 5;

function wordsFor(refusals: readonly ActionRefusal[], total: number): string {
  const counts = new Map<string, number>();
  for (const { code, message } of refusals) {
    const reason = `${code}: ${message}`;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons = Array.from(counts, ([reason, count]) => `${reason} (${count})`);
  const more = reasons.length > MAX_REASONS ? "; …" : "";
  const named = reasons.slice(0, MAX_REASONS).join("; ");
  return `${refusals.length} of ${total} spans refused: ${named}${more}`;
}

/** Of `google.rpc.Code`. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  401: 16, // UNAUTHENTICATED
  403: 7, // PERMISSION_DENIED
  404: 5, // NOT_FOUND
  405: 12, // UNIMPLEMENTED
  410: 9, // FAILED_PRECONDITION
  413: 8, // RESOURCE_EXHAUSTED
  415: 3,
  429: 8,
  500: 13, // INTERNAL
  503: 14, // UNAVAILABLE
};
const UNKNOWN = 2;

/** Langfuse's own path answers with Langfuse's own status. */
export function asLangfuse(answer: EdgeAnswer, { url }: Pick<Request, "url">): EdgeAnswer {
  const status = LANGFUSE_STATUS[answer.code ?? ""];
  if (status === undefined || new URL(url).pathname !== LANGFUSE_OTLP_PATH) return answer;
  return { ...answer, status };
}

export const encodeOtlp: EncodeBody = ({ status, body }, { headers }) => {
  const encoding = encodingOf(headers);
  const type = CONTENT_TYPE[encoding];
  if (status < 300) {
    const partial = body["partialSuccess"] as PartialSuccess | undefined;
    return { body: encodeResponse(encoding, partial), type };
  }
  const error = body["error"] as { code: string; message: string };
  const { code: reason, message } = error;
  return {
    body: encodeStatus(encoding, { code: RPC_CODES[status] ?? UNKNOWN, message, reason }),
    type,
  };
};
