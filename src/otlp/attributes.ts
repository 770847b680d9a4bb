// OTLP attributes: a list of key and tagged value. Read as leniently as Langfuse reads them; what
// kills its worker is found by `firstNull`.
import type { Json } from "../protocol/safe.ts";
import { isObject } from "./json.ts";

const TAGS = ["stringValue", "boolValue", "intValue", "doubleValue", "bytesValue"] as const;

function innerOf(tagged: Record<string, unknown>, list: "arrayValue" | "kvlistValue"): unknown[] {
  const inner = tagged[list];
  return isObject(inner) && Array.isArray(inner["values"]) ? (inner["values"] as unknown[]) : [];
}

/** A tagged value as plain JSON. Nesting is bounded by what the sink takes at its door. */
export function plainValue(tagged: unknown): Json {
  if (!isObject(tagged)) return null;
  for (const tag of TAGS) {
    const value = tagged[tag];
    if (value === undefined) continue;
    if (tag === "intValue" || tag === "doubleValue") return Number(value);
    if (typeof value === "string" || typeof value === "boolean") return value;
    return value === null ? null : JSON.stringify(value);
  }
  if (tagged["arrayValue"] !== undefined) return innerOf(tagged, "arrayValue").map(plainValue);
  if (tagged["kvlistValue"] !== undefined) {
    return Object.fromEntries(attributesOf(innerOf(tagged, "kvlistValue")));
  }
  return {};
}

/** Attributes by key; the last of the same key wins. */
export function attributesOf(list: unknown): Map<string, Json> {
  const attributes = new Map<string, Json>();
  if (!Array.isArray(list)) return attributes;
  for (const entry of list as unknown[]) {
    if (isObject(entry) && typeof entry["key"] === "string") {
      attributes.set(entry["key"], plainValue(entry["value"]));
    }
  }
  return attributes;
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;

/** The key of the first attribute with a null in it, as Langfuse's worker would trip over it. */
export function firstNull(list: unknown): string | undefined {
  if (!Array.isArray(list)) return undefined;
  for (const entry of list as unknown[]) {
    if (!isObject(entry)) return "(an entry of the list)";
    const key = typeof entry["key"] === "string" ? entry["key"] : "(without a key)";
    if (holdsNull(entry["value"])) return key;
  }
  return undefined;
}

function holdsNull(tagged: unknown): boolean {
  const waiting: unknown[] = [tagged];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (!isObject(value)) {
      if (isNothing(value)) return true;
      continue;
    }
    if (TAGS.some((tag) => value[tag] === null)) return true;
    waiting.push(...innerOf(value, "arrayValue"));
    for (const entry of innerOf(value, "kvlistValue")) {
      waiting.push(isObject(entry) ? entry["value"] : null);
    }
  }
  return false;
}
