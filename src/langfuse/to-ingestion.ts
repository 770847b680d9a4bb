// Score records -> a batch of `score-create` events. Pure; a record makes the same event each time,
// with the same event id, so Langfuse knows a repeat as one.
import { derivedId } from "../protocol/ids.ts";
import type { ScoreRecord } from "../protocol/record.ts";

export interface ScoreEvent {
  id: string;
  timestamp: string;
  type: "score-create";
  body: object;
}

export interface IngestionRequest {
  batch: ScoreEvent[];
}

export function toIngestion(records: readonly ScoreRecord[]): IngestionRequest {
  return { batch: records.map(toScoreEvent) };
}

export function toScoreEvent(record: ScoreRecord): ScoreEvent {
  return {
    id: derivedId("score-event", record.id, String(record.timestamp)),
    timestamp: new Date(record.timestamp).toISOString(),
    type: "score-create",
    // Without an id in the body Langfuse answers 201 and stores nothing.
    body: { ...bodyOf(record), id: record.id },
  };
}

/** A lone surrogate would lose other writers' data too, so none gets through here either. */
function bodyOf({ body }: ScoreRecord): object {
  const value: unknown = JSON.parse(body, (_key, item: unknown) =>
    typeof item === "string" ? item.toWellFormed() : item,
  );
  if (typeof value === "object" && value !== null) return value;
  throw new TypeError("a score's body must be an object");
}
