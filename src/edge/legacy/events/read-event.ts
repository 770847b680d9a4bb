// One event of a legacy batch: its envelope, or the words in which it is refused. Lenient wherever something can
// be made of it, since its client repeats all of its batch for one error. Pure.
import { isBelievable } from "../../fields/read-values.ts";
import { parseTime } from "../../../protocol/time.ts";
import { isObject } from "../../../protocol/wire.ts";
import { EVENT_KINDS, type EventType, isEventType } from "./event-types.ts";

/** Longest id of an event, a trace or an observation, in UTF-16 units: Langfuse's own bound on this path. */
export const MAX_LEGACY_ID_LENGTH = 800;
/** What Langfuse calls an event that has no usable id. */
export const UNKNOWN_ID = "unknown";

export interface LegacyEvent {
  /** The client's id of the event: its repeat has the same. */
  id: string;
  type: EventType;
  /** When it happened, epoch ms; undefined where the client gave no believable time. */
  at?: number;
  body: Readonly<Record<string, unknown>>;
}

export interface RefusedEvent {
  id: string;
  /** As Langfuse would answer for it. */
  status: number;
  message: string;
  error: string;
}

export function readEvent(raw: unknown, now: number): LegacyEvent | RefusedEvent {
  if (!isObject(raw)) return invalid(UNKNOWN_ID, "an event must be an object");
  const id = textId(raw["id"]);
  if (id === undefined) return invalid(UNKNOWN_ID, "id: must be text of 1 to 800 characters");
  const { type, body } = raw;
  if (!isEventType(type)) {
    return invalid(id, `type: must be one of ${Object.keys(EVENT_KINDS).join(", ")}`);
  }
  if (!isObject(body)) return invalid(id, "body: must be an object");
  const at = parseTime(raw["timestamp"]);
  return { id, type, body, ...(at !== undefined && isBelievable(at, now) && { at }) };
}

export function isRefused(event: LegacyEvent | RefusedEvent): event is RefusedEvent {
  return "status" in event;
}

export function invalid(id: string, error: string): RefusedEvent {
  return { id, status: 400, message: "Invalid request data", error };
}

/** Clients write numbers too. */
export function textId(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value !== "string" || value === "") return undefined;
  return value.length <= MAX_LEGACY_ID_LENGTH ? value : undefined;
}
