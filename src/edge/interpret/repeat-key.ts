// Ids of actions that came without: derived, so that a repeat of the action gets the same. Pure.
import { derivedId } from "../../protocol/ids.ts";
import { type Json, safeJson } from "../../protocol/json/safe.ts";
import { isBelievable } from "../fields/read-values.ts";
import type { ActionContext } from "./context.ts";
import { parseTime } from "../../protocol/time.ts";

export interface RepeatKey {
  /** Equal for a repeat of the action; for `derivedId`. */
  parts: string[];
  /** Set where the content alone identifies the action: an id by which its repeat is recognised. */
  actionId?: string;
}

/** `key`: the trace, where the action names one. Numbers count per client and ordering key. */
export function repeatKeyOf(context: ActionContext, key?: string): RepeatKey {
  const { envelope, wire } = context;
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
      data: safeJson(context.data, "data", () => {}),
      at: context.at ?? null,
      // Without a key to count in, a number still tells two actions of one client apart.
      seq: envelope.clientId === undefined ? null : `${wire.seq ?? ""} ${envelope.clientId}`,
    }),
  );
  return { parts: ["content", content], actionId: `content:${content}` };
}

/** 16 hex digits: already an id of Langfuse's. */
export function derivedObservationId(trace: string, repeatKey: RepeatKey): string {
  return derivedId("observation", trace, ...repeatKey.parts).slice(0, 16);
}

/** In the form of ids made by clients. */
export function derivedTraceId(context: ActionContext, repeatKey: RepeatKey): string {
  const timestamp = parseTime(context.data["timestamp"]) ?? 0;
  const time = isBelievable(timestamp, context.now) ? timestamp : (context.at ?? 0);
  return `ui2-${Math.trunc(time)}-${derivedId("trace", ...repeatKey.parts).slice(0, 12)}`;
}

export function derivedScoreId(repeatKey: RepeatKey): string {
  return derivedId("score", ...repeatKey.parts);
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
