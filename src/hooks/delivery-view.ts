// A sealed record as `beforeDelivery` sees it, and the text that it made of it. Pure.
import { spanText } from "../langfuse/encode.ts";
import type { Span } from "../otlp/types.ts";
import { derivedId } from "../protocol/ids.ts";
import type { ScoreRecord, SealedRecord } from "../protocol/record.ts";
import { jsonText, nameText, plainAttributes } from "./plain-attributes.ts";
import { changedSpan } from "./span-view.ts";
import type { DeliveryItem } from "./types.ts";

const PLACE_DIGITS = 13;
const PLACES = 2 ** 52;

export function deliveryItem(record: SealedRecord): DeliveryItem {
  if (record.kind === "score") {
    const score = JSON.parse(record.body) as Record<string, unknown>;
    return { kind: "score", traceId: traceIdIn(score), id: record.id, score };
  }
  const { traceId, id, parentId, startTime, name } = record;
  const { attributes } = JSON.parse(spanText(record)) as Span;
  return {
    kind: "observation",
    traceId,
    id,
    ...(parentId !== undefined && { parentId }),
    startTime,
    name,
    attributes: plainAttributes(attributes),
  };
}

/** The text to send instead of the record; undefined where nothing was changed. */
export function amendedText(record: SealedRecord, item: DeliveryItem): string | undefined {
  const before = JSON.stringify(deliveryItem(record));
  if (JSON.stringify(item) === before) return undefined;
  if (record.kind === "score") return scoreText(record, item);
  const { name, attributes } = item as Extract<DeliveryItem, { kind: "observation" }>;
  return changedSpan(spanText(record), nameText(name), attributes);
}

/** Where a trace stands among all, 0 to 1: the same for each of its records, every time. */
export function placeOf(record: SealedRecord): number {
  const trace = record.kind === "score" ? traceIdIn(JSON.parse(record.body)) : record.traceId;
  const seed = trace === "" ? record.id : trace;
  return Number.parseInt(derivedId("place", seed).slice(0, PLACE_DIGITS), 16) / PLACES;
}

function scoreText(record: ScoreRecord, item: DeliveryItem): string {
  const { id, traceId, observationId, sessionId } = JSON.parse(record.body) as Record<
    string,
    unknown
  >;
  const { score } = item as Extract<DeliveryItem, { kind: "score" }>;
  const text = jsonText({ ...score, id, traceId, observationId, sessionId });
  if (text === undefined) throw new TypeError("a score's body must be an object");
  return text;
}

function traceIdIn(score: unknown): string {
  const { traceId } = score as { traceId?: unknown };
  return typeof traceId === "string" ? traceId : "";
}
