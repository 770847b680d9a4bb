// Where a request's backend half belongs: read from the two headers of the page's request, or from the ids in its
// body, and written as the headers that OpenTelemetry reads. Pure.
import {
  baggage,
  langfuseObservationId,
  langfuseTraceId,
  traceparent,
} from "../client/trace/ids.ts";
import { shortId } from "../client/trace/short-id.ts";

/** Headers as a platform has them: the Fetch API's, or Node's. */
export type HeadersLike =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The page's half of a trace, as far as its request says. */
export interface TraceContext {
  /** 32 hex digits: the trace's id in Langfuse. */
  traceId: string;
  /** 16 hex digits: the observation that the backend's hang below. */
  parentId: string;
  sessionId?: string;
  userId?: string;
  traceName?: string;
  environment?: string;
  tags?: string[];
  metadata?: Record<string, string>;
  /** The variant of each experiment that the turn is part of, by its name. */
  experiments?: Record<string, string>;
}

/** The ids of a chat request's body, as `turn.body()` writes them. */
export interface JoiningBody {
  trace_id?: unknown;
  parent_span_id?: unknown;
  session_id?: unknown;
  user_id?: unknown;
}

/** Headers for `propagation.extract`, or to send along to the next server. */
export interface TraceHeaders {
  traceparent: string;
  baggage: string;
  /** So that it is a carrier as OpenTelemetry's types want one. */
  [name: string]: string;
}

const TRACEPARENT = /^[\da-f]{2}-((?!0{32})[\da-f]{32})-((?!0{16})[\da-f]{16})-[\da-f]{2}/;
const TRACE_ID = /^(?!0{32})[\da-f]{32}$/;
const EXPERIMENT = "experiment_";
const METADATA = "langfuse_metadata_";
/** A longer header is no page's. */
const MAX_BAGGAGE_LENGTH = 8192;

/**
 * The page's trace, by its headers, else by the ids in its body, else by a bare `traceparent`. Undefined where neither
 * names one. Never throws.
 * @param body the parsed JSON of the request, if there is one
 */
export function readTrace(headers: HeadersLike, body?: unknown): TraceContext | undefined {
  const byHeaders = readTraceHeaders(headers);
  const isPages = header(headers, "baggage").includes("langfuse_trace_id=");
  return isPages ? byHeaders : (readTraceBody(body) ?? byHeaders);
}

/** Undefined where the headers name no trace. Never throws: they are a stranger's. */
export function readTraceHeaders(headers: HeadersLike): TraceContext | undefined {
  const entries = readBaggage(header(headers, "baggage"));
  const [, given = "", below = ""] = TRACEPARENT.exec(header(headers, "traceparent")) ?? [];
  const claimed = entries.find(([key]) => key === "langfuse_trace_id")?.[1].toLowerCase() ?? "";
  // A gateway may have put a trace of its own into the one header; the page's stands in the other.
  const isOther = TRACE_ID.test(claimed) && claimed !== given;
  const traceId = isOther ? claimed : given;
  const parentId = isOther ? langfuseObservationId(claimed, "root") : below;
  if (traceId === "") return undefined;
  const metadata = prefixed(entries, METADATA);
  const experiments = prefixed(Object.entries(metadata), EXPERIMENT);
  const value = new Map(entries);
  const tags = value.get("langfuse_tags")?.split(",").filter(Boolean);
  return {
    traceId,
    parentId,
    ...present({
      sessionId: value.get("langfuse_session_id"),
      userId: value.get("langfuse_user_id"),
      traceName: value.get("langfuse_trace_name"),
      environment: value.get("langfuse_environment"),
    }),
    ...(tags && tags.length > 0 && { tags }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(Object.keys(experiments).length > 0 && { experiments }),
  };
}

/**
 * By the ids in a chat request's body; the parent is the trace's root where none is named. Undefined where the body
 * names no trace.
 */
export function readTraceBody(body: unknown): TraceContext | undefined {
  const { trace_id, parent_span_id, session_id, user_id } = (body ?? {}) as JoiningBody;
  const id = textOf(trace_id);
  if (id === undefined) return undefined;
  return joinById({
    traceId: id,
    observationId: textOf(parent_span_id),
    sessionId: textOf(session_id),
    userId: textOf(user_id),
  });
}

export interface Join {
  /** Any id: the page's own, or 32 hex digits. */
  traceId: string;
  /** The page's own id of the observation to hang below; else the trace's root. */
  observationId?: string | undefined;
  sessionId?: string | undefined;
  userId?: string | undefined;
  traceName?: string | undefined;
}

/** The same ids as the page and the edge make (docs/backends.md). */
export function joinById(join: Join): TraceContext {
  const { observationId = "root", sessionId, userId, traceName } = join;
  const traceId = langfuseTraceId(join.traceId);
  return {
    traceId,
    parentId: langfuseObservationId(traceId, observationId),
    ...present({
      sessionId: sessionId && shortId(sessionId),
      userId: userId && shortId(userId),
      traceName,
    }),
  };
}

/** Headers that OpenTelemetry's propagators read: `propagation.extract(ROOT_CONTEXT, traceHeaders(joined))`. */
export function traceHeaders(joined: TraceContext): TraceHeaders {
  const { traceId, parentId, sessionId, userId, traceName, environment, tags, metadata } = joined;
  const more = Object.entries(metadata ?? {}).map(([key, value]) => [METADATA + key, value]);
  return {
    traceparent: traceparent(traceId, parentId),
    // Without the trace's id the official SDKs would mark their span as a second root.
    baggage: baggage({
      langfuse_trace_id: traceId,
      langfuse_session_id: sessionId,
      langfuse_user_id: userId,
      langfuse_trace_name: traceName,
      langfuse_environment: environment,
      langfuse_tags: tags?.join(","),
      ...(Object.fromEntries(more) as Record<string, string>),
    }),
  };
}

/** A part of `@opentelemetry/api`. */
export interface OpenTelemetry<Context> {
  ROOT_CONTEXT: Context;
  context: { with<T>(context: Context, work: () => T): T };
  propagation: { extract(context: Context, carrier: unknown): Context };
}

/**
 * Runs the work so that every observation made in it belongs to the page's trace; with nothing to join, as it is.
 * @param api `@opentelemetry/api`: `import * as api from "@opentelemetry/api"`
 */
export function inTrace<Context, T>(
  api: OpenTelemetry<Context>,
  joined: TraceContext | undefined,
  work: () => T,
): T {
  if (joined === undefined) return work();
  const { context, propagation, ROOT_CONTEXT } = api;
  return context.with(propagation.extract(ROOT_CONTEXT, traceHeaders(joined)), work);
}

function header(headers: HeadersLike, name: string): string {
  if (typeof headers.get === "function") {
    return (headers as { get(name: string): string | null }).get(name) ?? "";
  }
  const all = headers as Record<string, string | readonly string[] | undefined>;
  const key = name in all ? name : Object.keys(all).find((one) => one.toLowerCase() === name);
  const value = key === undefined ? undefined : all[key];
  return (typeof value === "string" ? value : value?.join(",")) ?? "";
}

function readBaggage(text: string): [string, string][] {
  if (text.length > MAX_BAGGAGE_LENGTH) return [];
  return text.split(",").flatMap((entry): [string, string][] => {
    const [pair = ""] = entry.split(";");
    const at = pair.indexOf("=");
    if (at < 1) return [];
    try {
      return [[pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim())]];
    } catch {
      return [];
    }
  });
}

function prefixed(entries: readonly [string, string][], prefix: string): Record<string, string> {
  return Object.fromEntries(
    entries.flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
    ),
  );
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function present<T extends Record<string, string | undefined>>(
  fields: T,
): { [K in keyof T]?: string } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ""),
  ) as { [K in keyof T]?: string };
}
