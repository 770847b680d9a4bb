// What a real Langfuse 4.16 does with a request, whatever the script: refuses it, takes it, or takes it and
// loses it. Pure; each rule is a line of the contract that was measured.
import { gunzipSync } from "node:zlib";
import { type Copy, type Facts, type Kind, observationKey, scoreKey } from "../plan/records.ts";

export interface ReceivedRequest {
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  raw: Buffer;
}

export type Item = Pick<Copy, "key" | "kind" | "text" | "facts">;

export type Reading =
  | { refused: { status: number; body: string } }
  | {
      kind: Kind;
      text: string;
      /** What it stores. */
      items: Item[];
      /** Its answer where all goes well. */
      answer: { status: number; body: string };
    };

export const OTEL_PATH = "/api/public/otel/v1/traces";
export const INGESTION_PATH = "/api/public/ingestion";
const MAX_INGESTION_BYTES = 4_500_000;

const refusal = (status: number, message: string): Reading => ({
  refused: { status, body: JSON.stringify({ message }) },
});

/** @param credentials what `Authorization` must be */
export function read(request: ReceivedRequest, credentials: string): Reading {
  const { path, headers } = request;
  if (path !== OTEL_PATH && path !== INGESTION_PATH) return refusal(404, "Not Found");
  if (headers["authorization"] !== credentials) return refusal(401, "Invalid credentials");
  return path === OTEL_PATH ? readExport(request) : readBatch(request);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (raw: Buffer, headers: ReceivedRequest["headers"]): string | undefined => {
  if (headers["content-encoding"] === undefined) return raw.toString();
  try {
    return headers["content-encoding"] === "gzip" ? gunzipSync(raw).toString() : undefined;
  } catch {
    return undefined;
  }
};

interface Span {
  traceId?: unknown;
  spanId?: unknown;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: unknown;
}

function readExport({ headers, raw }: ReceivedRequest): Reading {
  const version = headers["x-langfuse-ingestion-version"];
  if (version !== "4") return refusal(400, "Invalid x-langfuse-ingestion-version");
  if (headers["content-type"] !== "application/json") return refusal(400, "Invalid content type");
  const text = textOf(raw, headers);
  const body = text === undefined ? undefined : parsed(text);
  if (text === undefined || body === undefined) return refusal(400, "Failed to parse OTel JSON");
  const { resourceSpans = [] } = body as { resourceSpans?: { scopeSpans: { spans: Span[] }[] }[] };
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans));
  const bad = spans.filter((span) => !isSpan(span)).length;
  if (bad > 0) return refusal(400, `${bad} span(s) cannot be processed`);
  const loses = losesAll(text);
  return {
    kind: "observation",
    text,
    items: loses ? [] : spans.map(itemOfSpan),
    answer: { status: 200, body: "{}" },
  };
}

/** One null, and the worker loses every span of the request; half a surrogate fails the insert. */
function losesAll(text: string): boolean {
  let loses = false;
  JSON.parse(text, (key, value: unknown) => {
    loses ||= value === null;
    loses ||= typeof value === "string" && !value.isWellFormed();
    loses ||= key === "value" && typeof value === "object" && Object.keys(value ?? {}).length === 0;
    return value;
  });
  return loses;
}

const isSpan = ({ traceId, spanId, attributes }: Span): boolean =>
  typeof traceId === "string" &&
  traceId !== "" &&
  typeof spanId === "string" &&
  spanId !== "" &&
  Array.isArray(attributes);

function itemOfSpan(span: Span): Item {
  return {
    key: observationKey(String(span.traceId), String(span.spanId)),
    kind: "observation",
    text: JSON.stringify(span),
    facts: factsOfSpan(span),
  };
}

const ms = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1000n) / 1000;

function factsOfSpan(span: Span): Facts {
  const list = span.attributes as { key: string; value: Record<string, unknown> }[];
  const all = new Map(list.map(({ key, value }) => [key, Object.values(value)[0]]));
  const metadata = (key: string): unknown =>
    all.get(`langfuse.observation.metadata.${key}`) ?? all.get(`langfuse.trace.metadata.${key}`);
  return {
    name: span.name,
    parent: span.parentSpanId,
    start: ms(span.startTimeUnixNano),
    end: ms(span.endTimeUnixNano),
    input: all.get("langfuse.observation.input"),
    output: all.get("langfuse.observation.output"),
    model: all.get("langfuse.observation.model.name"),
    usage: all.get("langfuse.observation.usage_details"),
    session: all.get("session.id"),
    user: all.get("user.id"),
    traceName: all.get("langfuse.trace.name"),
    mark: metadata("mark"),
    chunks: metadata("chunks"),
  };
}

interface Event {
  id?: unknown;
  type?: unknown;
  body?: Record<string, unknown>;
}

function readBatch({ headers, raw }: ReceivedRequest): Reading {
  if (raw.byteLength > MAX_INGESTION_BYTES) {
    return { refused: { status: 413, body: "Body exceeded 4.5mb limit" } };
  }
  // It does not inflate: packed bytes are no JSON to it.
  const body = headers["content-encoding"] === undefined ? parsed(raw.toString()) : undefined;
  if (body === undefined) return { refused: { status: 400, body: "Invalid JSON" } };
  if (!Array.isArray(body["batch"])) return refusal(400, "Invalid request data");
  const events = body["batch"] as Event[];
  const isScore = ({ type }: Event): boolean => type === "score-create";
  return {
    kind: "score",
    text: raw.toString(),
    // Without an id of its own a score is answered with 201, and never stored.
    items: events
      .filter((event) => isScore(event) && typeof event.body?.["id"] === "string")
      .map(itemOfEvent),
    answer: {
      status: 207,
      body: JSON.stringify({
        successes: events.filter(isScore).map(({ id }) => ({ id, status: 201 })),
        errors: events
          .filter((event) => !isScore(event))
          .map(({ id }) => ({ id, status: 400, message: "Event type not accepted" })),
      }),
    },
  };
}

function itemOfEvent(event: Event): Item {
  const { id, name, value, comment, traceId } = event.body ?? {};
  return {
    key: scoreKey(String(id)),
    kind: "score",
    text: JSON.stringify(event),
    facts: { name, value, comment, trace: traceId },
  };
}
