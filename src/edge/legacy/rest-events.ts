// The paths of Langfuse's API of before its batches: each request is one event, made here. Pure.
import { derivedId } from "../../protocol/ids.ts";
import { isObject } from "../../protocol/wire.ts";
import type { EventType } from "./events/event-types.ts";
import { textId } from "./events/read-event.ts";

interface RestPath {
  type: EventType;
  /** The field that has the id; of an update another than of a create. */
  idField: string;
  /** What the path says of the body. */
  extra?: Readonly<Record<string, unknown>>;
}

const observation = (op: "create" | "update", type: string, idField = "id"): RestPath => ({
  type: `observation-${op}`,
  idField,
  extra: { type },
});

/** By method and last part of the path. */
export const REST_PATHS: Readonly<Record<string, RestPath>> = {
  "POST traces": { type: "trace-create", idField: "id" },
  "POST spans": observation("create", "SPAN"),
  "PATCH spans": observation("update", "SPAN", "spanId"),
  "POST generations": observation("create", "GENERATION"),
  "PATCH generations": observation("update", "GENERATION", "generationId"),
  "POST events": observation("create", "EVENT"),
  "POST scores": { type: "score-create", idField: "id" },
};

export interface RestEvent {
  /** The id to answer. */
  id: string;
  event: Readonly<Record<string, unknown>>;
}

/**
 * @param newId for what names no id: such a request, sent twice, is two
 * @param now epoch ms
 */
export function restEvent(
  { type, idField, extra }: RestPath,
  given: unknown,
  newId: () => string,
  now: number,
): RestEvent | undefined {
  if (!isObject(given)) return undefined;
  const named = textId(given[idField]);
  if (named === undefined && idField !== "id") return undefined;
  const id = named ?? newId();
  const { prompt, completion, ...rest } = given;
  const body = {
    ...rest,
    ...(prompt !== undefined && { input: prompt }),
    ...(completion !== undefined && { output: completion }),
    ...extra,
    id,
  };
  // The same request again is the same event.
  const eventId = derivedId("rest", type, JSON.stringify(body));
  return { id, event: { id: eventId, type, timestamp: new Date(now).toISOString(), body } };
}
