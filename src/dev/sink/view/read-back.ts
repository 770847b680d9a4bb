// What Langfuse shows of a stored value: its store keeps text, and what is read back of that is not
// always what was written. Pure.
import { isObject } from "../../../otlp/json.ts";
import type { Json } from "../../../protocol/json/safe.ts";

/** A value out of its JSON text; undefined where it is none. */
export function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** An ISO time of day with its zone. */
export const isIsoTime = (value: unknown): value is string =>
  typeof value === "string" &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) &&
  !Number.isNaN(Date.parse(value));

/** Metadata text that reads as JSON comes back parsed, but for whole numbers that lose digits. */
export function readBack(text: string): Json {
  const value = jsonOf(text);
  if (value === undefined) return text;
  const loses = Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(text);
  return loses ? text : value;
}

/** Each value on its own; what is no text is stored as its JSON. */
export function readBackAll(values: Readonly<Record<string, unknown>>): Record<string, Json> {
  const back = Object.entries(values).map(
    ([key, value]) =>
      [key, readBack(typeof value === "string" ? value : JSON.stringify(value))] as const,
  );
  return Object.fromEntries(back);
}

/** An object of numbers out of its JSON text; undefined where it is none. */
export function numbersOf(text: string): Record<string, number> | undefined {
  const value = jsonOf(text);
  if (!isObject(value)) return undefined;
  const numbers = Object.entries(value).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number",
  );
  return numbers.length === Object.keys(value).length ? Object.fromEntries(numbers) : undefined;
}

/** Of a model's parameters numbers stay; lists, objects and booleans come back as text. */
export function parametersOf(text: string): Record<string, string | number> | undefined {
  const value = jsonOf(text);
  if (!isObject(value)) return undefined;
  const back = Object.entries(value).map(([name, one]) => [
    name,
    typeof one === "number" || typeof one === "string" ? one : JSON.stringify(one),
  ]);
  return Object.fromEntries(back) as Record<string, string | number>;
}
