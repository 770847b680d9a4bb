// Many sessions' records -> few large requests. Pure: nothing is lost, nothing doubled, and the
// records of a lease keep their order. Observations and scores go to different places, so apart.
import { envelopeBytes, groupBytes, type WireItem, type WireKind } from "../../langfuse/encode.ts";
import { originBytes } from "../../langfuse/span-groups.ts";
import type { SpanOrigin } from "../../protocol/record.ts";

/** An encoded record that remembers where it came from. */
export interface EncodedRecord extends WireItem {
  /** Index of its lease in the pass. */
  lease: number;
  ordinal: number;
}

/** Records of one kind that make one request. */
export interface Batch {
  kind: WireKind;
  records: EncodedRecord[];
}

/**
 * Most bytes of a request's body before gzip. Langfuse takes more, but a proxy in front of it often
 * allows 1 MB (nginx's default), and some count after unpacking.
 */
export const MAX_REQUEST_BYTES = 900 * 1024;

/** Most records of a request. Scores are fewer: the answer speaks of each one, and is read up to a bound. */
export const MAX_REQUEST_COUNT: Record<WireKind, number> = { observation: 1000, score: 100 };

export interface PackLimits {
  bytes: number;
  count: Record<WireKind, number>;
}

const LIMITS: PackLimits = { bytes: MAX_REQUEST_BYTES, count: MAX_REQUEST_COUNT };

/** Observations first: a score is about something that should be there. */
export function pack(records: readonly EncodedRecord[], limits: PackLimits = LIMITS): Batch[] {
  return [...packKind("observation", records, limits), ...packKind("score", records, limits)];
}

/**
 * Most records of the first request; the next ones have twice as many, and so on: about a turn, so that one is not
 * torn apart. What is posted when an isolate ends is posted again.
 */
export const FIRST_COUNT = 8;

/** Requests of an isolate that has not seen an answer yet: should it end soon, few records have been posted in vain. */
export function packGrowing(
  records: readonly EncodedRecord[],
  limits: PackLimits = LIMITS,
): Batch[] {
  const batches: Batch[] = [];
  let count = FIRST_COUNT;
  for (let from = 0; from < records.length; count *= 2) {
    batches.push(...pack(records.slice(from, from + count), limits));
    from += count;
  }
  return batches;
}

function packKind(kind: WireKind, records: readonly EncodedRecord[], limits: PackLimits): Batch[] {
  const batches: Batch[] = [];
  let batch: Batch | undefined;
  let bytes = 0;
  /** Those that stand in the batch already; the same one of another session is counted again. */
  const origins = new Set<SpanOrigin>();
  for (const record of records) {
    if (record.kind !== kind) continue;
    const cost = record.bytes + 1; // the comma
    let around = costOfOrigin(record, origins);
    const full =
      batch !== undefined &&
      (batch.records.length >= limits.count[kind] || bytes + cost + around > limits.bytes);
    if (batch === undefined || full) {
      batch = { kind, records: [] };
      batches.push(batch);
      bytes = envelopeBytes(kind);
      origins.clear();
      around = costOfOrigin(record, origins);
    }
    if (record.origin !== undefined) origins.add(record.origin);
    batch.records.push(record);
    bytes += cost + around;
  }
  return batches;
}

function costOfOrigin({ origin }: EncodedRecord, origins: ReadonlySet<SpanOrigin>): number {
  return origin === undefined || origins.has(origin) ? 0 : originBytes(origin);
}

export function batchBytes({ kind, records }: Batch): number {
  const around = envelopeBytes(kind) + groupBytes(records);
  return records.reduce((sum, { bytes }) => sum + bytes + 1, around);
}

/** A batch of two or more as two, about equal in bytes (a request was too large) … */
export function halvesByBytes(batch: Batch): [Batch, Batch] {
  const total = batch.records.reduce((sum, { bytes }) => sum + bytes, 0);
  let first = 0;
  let at = 0;
  while (at < batch.records.length - 1 && (at === 0 || first < total / 2)) {
    first += batch.records[at]?.bytes ?? 0;
    at += 1;
  }
  return splitAt(batch, at);
}

/** … or in number (one of the records is at fault). */
export function halvesByCount(batch: Batch): [Batch, Batch] {
  return splitAt(batch, Math.ceil(batch.records.length / 2));
}

/** … or in sessions. */
export function halvesByLease(batch: Batch): [Batch, Batch] {
  const leases = [...leasesOf(batch)];
  const first = new Set(leases.slice(0, Math.ceil(leases.length / 2)));
  const { kind, records } = batch;
  return [
    { kind, records: records.filter(({ lease }) => first.has(lease)) },
    { kind, records: records.filter(({ lease }) => !first.has(lease)) },
  ];
}

export function leasesOf({ records }: Batch): Set<number> {
  return new Set(records.map(({ lease }) => lease));
}

function splitAt({ kind, records }: Batch, at: number): [Batch, Batch] {
  return [
    { kind, records: records.slice(0, at) },
    { kind, records: records.slice(at) },
  ];
}
