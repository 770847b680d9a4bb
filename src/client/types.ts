// The fields of the flat calls and the handles: the contract's names. Values are the app's own.
import type { Level } from "../protocol/change.ts";

/** ISO text, epoch milliseconds, or a Date. */
export type Time = string | number | Date;

export interface TraceFields {
  name?: string | undefined;
  sessionId?: string | undefined;
  userId?: string | undefined;
  input?: unknown;
  output?: unknown;
  metadata?: Record<string, unknown> | undefined;
  tags?: string[] | undefined;
  release?: string | undefined;
  version?: string | undefined;
  environment?: string | undefined;
  public?: boolean | undefined;
  timestamp?: Time | undefined;
  endTime?: Time | undefined;
  level?: Level | undefined;
  statusMessage?: string | undefined;
}

export interface SpanFields {
  name?: string | undefined;
  startTime?: Time | undefined;
  endTime?: Time | undefined;
  input?: unknown;
  output?: unknown;
  metadata?: Record<string, unknown> | undefined;
  level?: Level | undefined;
  statusMessage?: string | undefined;
  version?: string | undefined;
}

export interface GenerationFields extends SpanFields {
  model?: string | undefined;
  modelParameters?: Record<string, unknown> | undefined;
  /** Token counts in the shapes of Langfuse, OpenAI, Anthropic or the AI SDK. */
  usage?: Record<string, unknown> | undefined;
  usageDetails?: Record<string, number> | undefined;
  costDetails?: Record<string, number> | undefined;
  completionStartTime?: Time | undefined;
  promptName?: string | undefined;
  promptVersion?: number | undefined;
}

/** The place of an observation: under another, or without that under the trace's root. */
interface Placed {
  traceId: string;
  parentObservationId?: string | undefined;
}

export type CreateTraceParams = TraceFields & { traceId?: string | undefined };
export type TraceParams = TraceFields & { traceId: string };
export type CreateSpanParams = SpanFields & Placed & { spanId?: string | undefined };
export type SpanParams = SpanFields & { traceId: string; spanId: string };
export type CreateGenerationParams = GenerationFields &
  Placed & { generationId?: string | undefined };
export type GenerationParams = GenerationFields & { traceId: string; generationId: string };
export type CreateEventParams = SpanFields & Placed & { eventId?: string | undefined };

export interface ScoreParams {
  name: string;
  value: number | string | boolean;
  scoreId?: string | undefined;
  traceId?: string | undefined;
  observationId?: string | undefined;
  sessionId?: string | undefined;
  dataType?: "NUMERIC" | "CATEGORICAL" | "BOOLEAN" | "TEXT" | "CORRECTION" | undefined;
  comment?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
  configId?: string | undefined;
  environment?: string | undefined;
}

/** The outcome of a call. It is never a rejection. */
export interface Result {
  /** The edge keeps it. */
  success: boolean;
  traceId?: string;
  spanId?: string;
  generationId?: string;
  eventId?: string;
  scoreId?: string;
  langfuseTraceId?: string;
  traceparent?: string;
  /** A flush's number of observations that are not yet in Langfuse. */
  pending?: number;
  error?: { code: string; message?: string; path?: string; retryable?: boolean };
}

export interface Health {
  /** The edge's own word, or `unreachable`. */
  status: string;
  langfuse_configured?: boolean;
  public_key_available?: boolean;
  secret_key_available?: boolean;
  base_url?: string;
}

/** Why actions were given up, in Sentry's words. */
export type DropReason =
  /** More actions at once than the queue holds. */
  | "queue_overflow"
  /** Kept for another page, and too old or too many. */
  | "cache_overflow"
  | "network_error"
  | "ratelimit_backoff"
  /** Refused by the edge, or failing there for too long. */
  | "send_error"
  /** The app's own filter, or after logout. */
  | "before_send";
