// Attributes of OTLP as a hook sees them, and back. Pure. A value that the hook left alone is written as it came,
// digit for digit; a new one never is null, nor holds half a character.
import { safeText } from "../protocol/json/safe.ts";
import type { AnyValue, KeyValue } from "../otlp/types.ts";
import type { AttributeValue, Attributes } from "./types.ts";

export function plainAttributes(list: readonly KeyValue[]): Attributes {
  return Object.fromEntries(list.map(({ key, value }) => [key, plainValue(value)]));
}

/** @param before the list of which `after` was made */
export function attributeList(before: readonly KeyValue[], after: object): KeyValue[] {
  const known = new Map(before.map(({ key, value }) => [key, value]));
  return Object.entries(after).flatMap(([key, value]: [string, unknown]) => {
    const was = known.get(key);
    const isSame = was !== undefined && JSON.stringify(plainValue(was)) === JSON.stringify(value);
    const written = isSame ? was : anyValue(value);
    return key === "" || written === undefined ? [] : [{ key: safe(key), value: written }];
  });
}

function plainValue(value: AnyValue): AttributeValue {
  if ("stringValue" in value) return value.stringValue;
  if ("boolValue" in value) return value.boolValue;
  if ("intValue" in value) return value.intValue;
  if ("doubleValue" in value) return value.doubleValue;
  if ("bytesValue" in value) return value.bytesValue;
  if ("arrayValue" in value) return value.arrayValue.values.map(plainValue);
  return Object.fromEntries(
    value.kvlistValue.values.map((one) => [one.key, plainValue(one.value)]),
  );
}

function anyValue(value: unknown): AnyValue | undefined {
  if (typeof value === "string") return { stringValue: safe(value) };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return { stringValue: String(value) };
    return Number.isSafeInteger(value) ? { intValue: value } : { doubleValue: value };
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    return { arrayValue: { values: value.map((text) => ({ stringValue: safe(text) })) } };
  }
  const text = value === null ? undefined : jsonText(value);
  return text === undefined ? undefined : { stringValue: text };
}

/** Without half characters and NULs, as all text that is stored. */
export function safe(text: string): string {
  return safeText(text, "", () => {});
}

/** An author without types may write anything. */
export function nameText(name: unknown): string {
  return safe(String(name));
}

/** Undefined for what JSON does not know. */
export function jsonText(value: unknown): string | undefined {
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "string" ? safe(item) : typeof item === "bigint" ? String(item) : item,
  ) as string | undefined;
  return text === undefined ? undefined : safe(text);
}
