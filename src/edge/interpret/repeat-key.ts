// Ids that a client did not give: derived, so that a repeat of the action makes the same. Pure.
import { derivedId } from "../../protocol/ids.ts";
import { type Json, safeJson } from "../../protocol/json/safe.ts";
import { isBelievable } from "../fields/read-values.ts";
import type { ActionContext } from "./context.ts";
import { parseTime } from "../../protocol/time.ts";

export interface RepeatKey {
  /** What makes a repeat the same, for `derivedId`. */
  parts: string[];
  /** Set where the content alone identifies the action: an id by which its repeat is recognised. */
  actionId?: string;
}

/** `key`: the trace, where the action names one. Numbers count per client and ordering key. */
export function repeatKeyOf(reading: ActionContext, key?: string): RepeatKey {
  const { envelope, wire } = reading;
  const place = envelope.sessionId ?? key;
  if (envelope.clientId !== undefined && typeof wire.seq === "number" && place !== undefined) {
    return { parts: ["seq", place, envelope.clientId, String(wire.seq)] };
  }
  if (wire.id !== undefined) return { parts: ["id", place ?? "", wire.id] };
  const content = derivedId(
    "content",
    envelope.sessionId ?? "",
    canonical({
      action: wire.action,
      data: safeJson(reading.data, "data", () => {}),
      at: reading.at ?? null,
      // Without a key to count in, a number still tells two actions of one client apart.
      seq: envelope.clientId === undefined ? null : `${wire.seq ?? ""} ${envelope.clientId}`,
    }),
  );
  return { parts: ["content", content], actionId: `content:${content}` };
}

/** 16 hex digits: already an id of Langfuse's. */
export function derivedObservationId(trace: string, identity: RepeatKey): string {
  return derivedId("observation", trace, ...identity.parts).slice(0, 16);
}

/** In the form of ids made by clients. */
export function derivedTraceId(reading: ActionContext, identity: RepeatKey): string {
  const timestamp = parseTime(reading.data["timestamp"]) ?? 0;
  const time = isBelievable(timestamp, reading.now) ? timestamp : (reading.at ?? 0);
  return `ui2-${Math.trunc(time)}-${derivedId("trace", ...identity.parts).slice(0, 12)}`;
}

export function derivedScoreId(identity: RepeatKey): string {
  return derivedId("score", ...identity.parts);
}

/** JSON text with sorted keys: the same value gives the same text. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`);
  return `{${members.join(",")}}`;
}
