// What a watcher is shown of a span that came complete, from an OpenTelemetry client. No I/O, no clock.
import { LEVELS, OBSERVATION_TYPES } from "../../protocol/change.ts";
import type { LiveObservation } from "../../protocol/live.ts";
import type { SpanRecord } from "../../protocol/record.ts";
import { cutName, objectIn } from "./observation-view.ts";

export function ofSpan(record: SpanRecord): LiveObservation {
  const { id, parentId, name, startTime, span } = record;
  const { endTimeUnixNano, status, attributes } = objectIn(span);
  const texts = attributesIn(attributes);
  const type = OBSERVATION_TYPES.find((one) => one === texts.get("langfuse.observation.type"));
  const told = LEVELS.find((one) => one === texts.get("langfuse.observation.level"));
  const level = told ?? (isFailed(status) ? "ERROR" : undefined);
  const model = texts.get("langfuse.observation.model.name") ?? texts.get("gen_ai.request.model");
  const end = Number(endTimeUnixNano) / 1e6;
  return {
    id,
    ...(parentId === undefined ? { root: true as const } : { parentId }),
    type: type ?? (model === undefined ? "span" : "generation"),
    name: cutName(name),
    startTime,
    endTime: Number.isFinite(end) ? Math.max(end, startTime) : startTime,
    ...(level !== undefined && level !== "DEFAULT" && { level }),
    ...(model !== undefined && { model: cutName(model) }),
  };
}

function isFailed(status: unknown): boolean {
  return typeof status === "object" && status !== null && "code" in status && status.code === 2;
}

function attributesIn(list: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const one of Array.isArray(list) ? (list as unknown[]) : []) {
    const { key, value } = one as { key?: unknown; value?: { stringValue?: unknown } };
    const text = value?.stringValue;
    if (typeof key === "string" && typeof text === "string") found.set(key, text);
  }
  return found;
}
