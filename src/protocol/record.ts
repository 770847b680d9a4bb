// A sealed record: a finished fact, immutable, with everything in it that Langfuse needs. The same
// record makes the same bytes on the wire every time it is sent.
import type { Fields, ObservationType, TraceFields } from "./change.ts";

interface Sealed {
  /**
   * Number of the action that it began with, which its session's journal gives for good; names the
   * record in leases and settlements.
   */
  ordinal: number;
  /** How many accepted actions it represents. */
  actions: number;
  /** About how large it is, in UTF-16 units of its texts. */
  size: number;
  /**
   * Its trace was left out by SAMPLING: it goes no further than a consumer, for its figures, and is without its input
   * and output. Settled as delivered, it counts as `dropped:sampled`.
   */
  sampledOut?: true;
  /** The Worker's own `beforeDelivery` has seen it, and what it said stands: it is not asked again. */
  seen?: true;
  /** JSON text that it made of the span, or of the score's body: sent instead, byte for byte, each time. */
  amended?: string;
}

export interface ObservationRecord extends Sealed {
  kind: "observation";
  /** Langfuse trace id. */
  traceId: string;
  /** Langfuse observation id. */
  id: string;
  /** Absent on a root. */
  parentId?: string;
  root?: true;
  type: ObservationType;
  name: string;
  /** Epoch ms; end is never before start. */
  startTime: number;
  endTime: number;
  fields: Omit<Fields, "name" | "startTime" | "endTime" | "prices">;
  /** Key and text. */
  metadata: [key: string, text: string][];
  /** Trace-wide, copied on every observation of the trace. */
  trace: TraceFields & { tags?: string[]; metadata?: [key: string, text: string][] };
}

/** A part of a trace export that its spans share, as JSON texts in OTLP's form, without what stands below. */
export interface SpanOrigin {
  /** An object with `resource` and `schemaUrl`, where they were given. */
  resource: string;
  /** The same with `scope`. */
  scope: string;
}

/** A span as an OpenTelemetry client finished it. Langfuse takes it where it takes observations. */
export interface SpanRecord extends Sealed {
  kind: "observation";
  /** Langfuse trace id. */
  traceId: string;
  /** Langfuse observation id. */
  id: string;
  /** Absent on a root. */
  parentId?: string;
  name: string;
  /** Epoch ms. */
  startTime: number;
  /** The whole span as JSON text in OTLP's form. */
  span: string;
  /** The key of its origin, which is kept and leased beside it. */
  origin: string;
  /** The session that it names, where it is kept with others'. */
  session?: string;
}

export interface ScoreRecord extends Sealed {
  kind: "score";
  id: string;
  /** JSON text of Langfuse's score body, with `id`. */
  body: string;
  /** When it was accepted, epoch ms: the ingestion event's timestamp. */
  timestamp: number;
  /** Facts of its trace that its session knows, for figures alone: a score mostly comes when all else is delivered. */
  labels?: TraceFields & { metadata?: [key: string, text: string][] };
}

export type SealedRecord = ObservationRecord | SpanRecord | ScoreRecord;

/** Whether the edge assembled it, out of actions. */
export function isObservationRecord<R extends SealedRecord>(
  record: R,
): record is Extract<R, ObservationRecord> {
  return record.kind === "observation" && !isSpanRecord(record);
}

export function isSpanRecord(record: SealedRecord): record is SpanRecord {
  return "span" in record;
}

/** Observations and scores go to two paths of Langfuse, and each may fail by itself. */
export type RecordKind = SealedRecord["kind"];
export const RECORD_KINDS: readonly RecordKind[] = ["observation", "score"];
