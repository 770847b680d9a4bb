// A record as the piece of a request body that it becomes, and a body out of pieces. Each record is
// encoded once, so its exact size on the wire is known before it is packed, and a request that has
// to be split costs no second encoding. Pure.
import { Buffer } from "node:buffer";
import type { SealedRecord } from "../protocol/record.ts";
import { toScoreEvent } from "./to-ingestion.ts";
import { exportOf, toSpan } from "./to-otlp.ts";

export type WireKind = SealedRecord["kind"];

export interface WireRoute {
  path: string;
  /** Whether the body may be gzipped: only the one path inflates it, to the other it is no JSON. */
  gzip: boolean;
}

export const WIRE_ROUTE: Record<WireKind, WireRoute> = {
  observation: { path: "/api/public/otel/v1/traces", gzip: true },
  score: { path: "/api/public/ingestion", gzip: false },
};

export interface WireItem {
  kind: WireKind;
  /** What Langfuse's answer calls it: the event's id of a score, the span's of an observation. */
  id: string;
  /** JSON text. */
  text: string;
  /** Size of the text in UTF-8. */
  bytes: number;
}

/** Throws where a record can't be written at all (a time that is no time, a body that is no JSON). */
export function encode(record: SealedRecord): WireItem {
  if (record.kind === "score") {
    const event = toScoreEvent(record);
    return item("score", event.id, JSON.stringify(event));
  }
  return item("observation", record.id, JSON.stringify(toSpan(record)));
}

/** The request body of items of one kind: the same text as of the whole request in one piece. */
export function requestBody(kind: WireKind, texts: readonly string[]): string {
  const [head, tail] = ENVELOPE[kind];
  return `${head}${texts.join(",")}${tail}`;
}

/** Size of a body around its items. */
export function envelopeBytes(kind: WireKind): number {
  return Buffer.byteLength(requestBody(kind, []));
}

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
