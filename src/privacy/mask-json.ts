// Masks a JSON value: the texts in it and the keys of its objects. Its shape stays: the same lists,
// the same objects, as many keys. Numbers stay, except one that is a card's.
import { mapItems, mapMembers } from "../protocol/json/map-json.ts";
import type { Json } from "../protocol/json/safe.ts";
import type { MaskText } from "./mask-text.ts";

export type Count = (name: string) => void;

export interface MaskJson {
  text: MaskText;
  /** The placeholder of a number; undefined where it is not masked. */
  number: (value: number, count: Count) => number | string;
  /** Whether all texts and numbers at a key, however deep, are secrets, as at `authorization`. */
  isSecretKey: (key: string) => boolean;
  secret: (text: string, count: Count) => string;
}

export function maskJson(value: Json, mask: MaskJson, count: Count, isSecret = false): Json {
  if (typeof value === "string") return (isSecret ? mask.secret : mask.text)(value, count);
  if (typeof value === "number") {
    return isSecret ? mask.secret(String(value), count) : mask.number(value, count);
  }
  if (value === null || typeof value !== "object") return value;
  const itemOf = (item: Json, key?: string): Json =>
    maskJson(item, mask, count, isSecret || (key !== undefined && mask.isSecretKey(key)));
  if (Array.isArray(value)) return mapItems(value, (item) => itemOf(item));
  return mapMembers(value, namesOf(value, mask, count), itemOf);
}

/** Each key under its masked name. */
function namesOf(
  value: Readonly<Record<string, Json>>,
  mask: MaskJson,
  count: Count,
): (key: string) => string {
  const masked = new Map<string, string>();
  for (const key in value) {
    const name = mask.text(key, count);
    if (name !== key) masked.set(key, name);
  }
  if (masked.size === 0) return (key) => key;
  const unique = uniqueNames();
  return (key) => unique(masked.get(key) ?? key);
}

/** Two keys that become the same stay two: the second has a number behind it. */
export function uniqueNames(): (masked: string) => string {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return (masked) => {
    let name = masked;
    for (let number = next.get(masked) ?? 2; taken.has(name); number += 1) {
      name = `${masked} ${number}`;
      next.set(masked, number + 1);
    }
    taken.add(name);
    return name;
  };
}
