// A record as the piece of a request body that it becomes, and a body out of pieces. Each record is
// encoded once, so its exact size on the wire is known before it is packed, and a request that has
// to be split costs no second encoding. Pure.
import { Buffer } from "node:buffer";
import {
  isSpanRecord,
  type ObservationRecord,
  type SealedRecord,
  type SpanOrigin,
  type SpanRecord,
} from "../protocol/record.ts";
import { toScoreEvent } from "./to-ingestion.ts";
import { exportOf, toSpan } from "./to-otlp.ts";
import { originBytes, spanGroups } from "./span-groups.ts";

export type WireKind = SealedRecord["kind"];

export interface WireRoute {
  path: string;
  /** The body may be gzipped: only the one path inflates it, to the other it is no JSON. */
  gzip: boolean;
}

export const WIRE_ROUTE: Record<WireKind, WireRoute> = {
  observation: { path: "/api/public/otel/v1/traces", gzip: true },
  score: { path: "/api/public/ingestion", gzip: false },
};

/** JSON text; of a span that came with a resource and a scope of its own, with these. */
export type WirePart = string | { text: string; origin: SpanOrigin };

export interface WireItem {
  kind: WireKind;
  /** The id in Langfuse's answer: the event's of a score, the span's of an observation. */
  id: string;
  /** JSON text. */
  text: string;
  /** Size of the text in UTF-8. */
  bytes: number;
  /** The part of the request that it stands in, where that is not the edge's own. */
  origin?: SpanOrigin;
}

/**
 * Throws where a record can't be written at all (a time that is no time, a body that is no JSON).
 * @param origins what spans among the records of its lease name
 */
export function encode(
  record: SealedRecord,
  origins?: Readonly<Record<string, SpanOrigin>>,
): WireItem {
  if (record.kind === "score") {
    const { amended: body = record.body } = record;
    const event = toScoreEvent({ ...record, body });
    return item("score", event.id, JSON.stringify(event));
  }
  if (!isSpanRecord(record)) {
    return item("observation", record.id, spanText(record));
  }
  const origin = origins?.[record.origin];
  if (origin === undefined) throw new TypeError("a span without its resource");
  return { ...item("observation", record.id, spanText(record)), origin };
}

/** The JSON text of the span that an observation is sent as. */
export function spanText(record: ObservationRecord | SpanRecord): string {
  if (record.amended !== undefined) return record.amended;
  return isSpanRecord(record) ? record.span : JSON.stringify(toSpan(record));
}

export function partOf({ text, origin }: WireItem): WirePart {
  return origin === undefined ? text : { text, origin };
}

/** The request body of items of one kind: the same text as of the whole request in one piece. */
export function requestBody(kind: WireKind, parts: readonly WirePart[]): string {
  const [head, tail] = ENVELOPE[kind];
  const own = parts.filter((part) => typeof part === "string");
  if (own.length === parts.length) return `${head}${own.join(",")}${tail}`;
  const groups = spanGroups(parts.filter((part) => typeof part !== "string"));
  if (own.length === 0) return `${EXPORT_HEAD}${groups}${EXPORT_TAIL}`;
  return `${head}${own.join(",")}${tail.slice(0, -EXPORT_TAIL.length)},${groups}${EXPORT_TAIL}`;
}

/** Size of a body around its items of the edge's own origin. */
export function envelopeBytes(kind: WireKind): number {
  return Buffer.byteLength(requestBody(kind, []));
}

/** Size of a body around items, beyond that: each of their origins stands in it once, at most. */
export function groupBytes(items: readonly WireItem[]): number {
  const origins = new Set(items.flatMap(({ origin }) => origin ?? []));
  return [...origins].reduce((sum, origin) => sum + originBytes(origin), 0);
}

const EXPORT_HEAD = '{"resourceSpans":[';
const EXPORT_TAIL = "]}";

const ENVELOPE: Record<WireKind, readonly [head: string, tail: string]> = {
  observation: around(JSON.stringify(exportOf([]))),
  score: around(JSON.stringify({ batch: [] })),
};

/** Splits an empty request's text inside its only innermost `[]`. */
function around(empty: string): readonly [string, string] {
  const at = empty.lastIndexOf("[]") + 1;
  return [empty.slice(0, at), empty.slice(at)];
}

function item(kind: WireKind, id: string, text: string): WireItem {
  return { kind, id, text, bytes: Buffer.byteLength(text) };
}
