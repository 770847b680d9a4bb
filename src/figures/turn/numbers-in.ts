import { isObject } from "../../otlp/json.ts";

/** The finite numbers of a JSON text of an object; undefined where it is none, or has none. */
export function numbersIn(text: unknown): Record<string, number> | undefined {
  const parsed = parsedJson(text);
  if (!isObject(parsed)) return undefined;
  const numbers = Object.entries(parsed).filter(([, value]) => Number.isFinite(value));
  return numbers.length === 0 ? undefined : (Object.fromEntries(numbers) as Record<string, number>);
}

/** Undefined where it is no JSON text. */
export function parsedJson(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The sum of the parts, unless a total is told. */
export function totalOf({ total, ...parts }: Readonly<Record<string, number>>): number {
  return total ?? Object.values(parts).reduce((sum, value) => sum + value, 0);
}
