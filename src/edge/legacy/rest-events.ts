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

/** Has a score of the list neither an id nor a time? Then it gets another id each time it is sent. */
export function hasMadeIds(scores: readonly unknown[]): boolean {
  return scores.some(
    (score) =>
      isObject(score) && textId(score["id"]) === undefined && score["timestamp"] === undefined,
  );
}

/**
 * The events of a list of scores. One that is sent again has the same id, where it says when it was made; what is
 * no object stays as it is, and is refused alone.
 */
export function scoreEvents(
  scores: readonly unknown[],
  newId: () => string,
  now: number,
): unknown[] {
  const path: RestPath = { type: "score-create", idField: "id" };
  return scores.map((score, index) => {
    const named = isObject(score) && score["timestamp"] !== undefined;
    const idOf = named
      ? (): string => derivedId("rest-score", String(index), JSON.stringify(score))
      : newId;
    const made = restEvent(path, score, idOf, now);
    // Its own moment, where it tells one.
    const at = isObject(score) ? score["timestamp"] : undefined;
    if (made === undefined) return score;
    return at === undefined ? made.event : { ...made.event, timestamp: at };
  });
}
