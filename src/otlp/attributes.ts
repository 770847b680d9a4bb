// OTLP attributes: a list of keys and tagged values. `attributeProblem` says why a list is none,
// `firstNull` finds what kills Langfuse's worker, the others read a list that passed. Pure.
import type { Json } from "../protocol/json/safe.ts";
import { isObject } from "./json.ts";

type Tag = (typeof TAGS)[number] | "arrayValue" | "kvlistValue";

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

const isInteger = (value: unknown): boolean =>
  Number.isInteger(value) || (typeof value === "string" && /^-?\d{1,19}$/.test(value));

/** What stands under each tag. A null is no problem here: it is found by `firstNull`. */
const CHECKS: Readonly<Record<Tag, (value: unknown) => string | undefined>> = {
  stringValue: (value) => (typeof value === "string" ? undefined : "stringValue:not_text"),
  boolValue: (value) => (typeof value === "boolean" ? undefined : "boolValue:not_a_flag"),
  intValue: (value) => (isInteger(value) ? undefined : "intValue:not_an_integer"),
  doubleValue: (value) => (typeof value === "number" ? undefined : "doubleValue:not_a_number"),
  bytesValue: (value) => (typeof value === "string" ? undefined : "bytesValue:not_text"),
  arrayValue: (value) => listProblem("arrayValue", value, valueProblem),
  kvlistValue: (value) => listProblem("kvlistValue", value, entryProblem),
};

function listProblem(
  tag: Tag,
  list: unknown,
  problemOf: (item: unknown) => string | undefined,
): string | undefined {
  const values = isObject(list) ? (list["values"] ?? []) : undefined;
  if (!Array.isArray(values)) return `${tag}:not_a_list`;
  return firstProblem(values, problemOf);
}

function valueProblem(tagged: unknown): string | undefined {
  if (isNothing(tagged)) return undefined;
  if (!isObject(tagged)) return "value:not_tagged";
  const [tag = "", ...others] = Object.keys(tagged);
  if (!Object.hasOwn(CHECKS, tag) || others.length > 0) return "value:not_one_tag";
  return isNothing(tagged[tag]) ? undefined : CHECKS[tag as Tag](tagged[tag]);
}

function entryProblem(entry: unknown): string | undefined {
  if (entry === null) return undefined;
  if (!isObject(entry)) return "attribute:not_an_object";
  return typeof entry["key"] === "string" ? valueProblem(entry["value"]) : "key:not_text";
}

function firstProblem(
  items: readonly unknown[],
  problemOf: (item: unknown) => string | undefined,
): string | undefined {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Why a list is no list of attributes in OTLP's JSON form, as `field:reason`; each key stands once. */
export function attributeProblem(list: readonly unknown[]): string | undefined {
  const keys = new Set<unknown>();
  return firstProblem(list, (entry) => {
    const problem = entryProblem(entry);
    if (problem !== undefined || !isObject(entry)) return problem;
    if (keys.has(entry["key"])) return "key:twice";
    keys.add(entry["key"]);
    return undefined;
  });
}
