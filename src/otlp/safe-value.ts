// An attribute's value as Langfuse can keep it, of the same kind wherever it has one. Pure. Langfuse loses a
// whole request with a value that is null or absent, and other people's with a lone surrogate; JSON has no
// NaN. Each change is noted.
import { MAX_DEPTH } from "../protocol/limits.ts";
import { cutText, type Json, type Note, safeText } from "../protocol/json/safe.ts";
import { isObject } from "./json.ts";
import type { AnyValue, KeyValue } from "./types.ts";

const [MIN_INT64, MAX_INT64] = [-(2n ** 63n), 2n ** 63n - 1n];
const INTEGER = /^-?\d{1,20}$/;

/** Undefined where there is no value. */
export function safeValue(
  raw: unknown,
  where: string,
  note: Note,
  depth = 0,
): AnyValue | undefined {
  if (!isObject(raw)) return undefined;
  const { stringValue, boolValue, intValue, doubleValue, bytesValue, arrayValue, kvlistValue } =
    raw;
  if (isGiven(stringValue)) return textValue(stringValue, where, note);
  if (isGiven(boolValue)) return flagValue(boolValue, where, note);
  if (isGiven(intValue)) return integerValue(intValue, where, note);
  if (isGiven(doubleValue)) return numberValue(doubleValue, where, note);
  if (isGiven(bytesValue)) return bytes(bytesValue, where, note);
  if (!isGiven(arrayValue) && !isGiven(kvlistValue)) return undefined;
  if (depth >= MAX_DEPTH) {
    note(`${where}: nested deeper than ${MAX_DEPTH}, cut`);
    return { stringValue: "[nested too deeply]" };
  }
  if (isGiven(arrayValue)) {
    const values = listIn(arrayValue).map((item) => itemOf(item, where, note, depth + 1));
    return { arrayValue: { values } };
  }
  return { kvlistValue: { values: safeAttributes(listIn(kvlistValue), where, note, depth + 1) } };
}

/** A list of attributes, each key once: of equal ones the last stands. What has no key or value is left out. */
export function safeAttributes(
  list: readonly unknown[],
  where: string,
  note: Note,
  depth = 0,
): KeyValue[] {
  const kept = new Map<string, AnyValue>();
  for (const entry of list) {
    const key = isObject(entry) ? entry["key"] : undefined;
    if (!isObject(entry) || typeof key !== "string" || key === "") {
      note(`${where}: an entry without a key left out`);
      continue;
    }
    // In notes only: with a long key above them a thousand would be a body of their own.
    const place = `${where} ${cutText(key, MAX_PLACE, where, () => {})}`;
    const value = safeValue(entry["value"], place, note, depth);
    if (value === undefined) note(`${place}: null, left out`);
    else kept.set(safeText(key, `${where}: key`, note), value);
  }
  return Array.from(kept, ([key, value]) => ({ key, value }));
}

/** Plain JSON as an attribute's value. */
export function taggedValue(json: Json): AnyValue {
  if (json === null) return { stringValue: "null" };
  if (typeof json === "string") return { stringValue: json };
  if (typeof json === "boolean") return { boolValue: json };
  if (typeof json === "number") {
    return Number.isSafeInteger(json) ? { intValue: json } : { doubleValue: json };
  }
  if (Array.isArray(json)) return { arrayValue: { values: json.map(taggedValue) } };
  const values = Object.entries(json).map(([key, item]) => ({ key, value: taggedValue(item) }));
  return { kvlistValue: { values } };
}

/** More of a key than a note shows, in UTF-16 units. */
const MAX_PLACE = 100;

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** An empty list may be written without its member. */
function listIn(holder: unknown): readonly unknown[] {
  const values = isObject(holder) ? holder["values"] : undefined;
  return Array.isArray(values) ? (values as unknown[]) : [];
}

/** The places of a list have a meaning: one without a value stays. */
function itemOf(raw: unknown, where: string, note: Note, depth: number): AnyValue {
  const value = safeValue(raw, where, note, depth);
  if (value !== undefined) return value;
  note(`${where}: null in a list became text`);
  return { stringValue: "null" };
}

function textValue(value: unknown, where: string, note: Note): AnyValue {
  if (typeof value === "string") return { stringValue: safeText(value, where, note) };
  return asText(value, where, note);
}

function flagValue(value: unknown, where: string, note: Note): AnyValue {
  return typeof value === "boolean" ? { boolValue: value } : asText(value, where, note);
}

function integerValue(value: unknown, where: string, note: Note): AnyValue {
  if (typeof value === "number" && Number.isSafeInteger(value)) return { intValue: value };
  if (typeof value === "string" && INTEGER.test(value)) {
    const whole = BigInt(value);
    if (MIN_INT64 <= whole && whole <= MAX_INT64) {
      const number = Number(whole);
      return { intValue: Number.isSafeInteger(number) ? number : String(whole) };
    }
  }
  return typeof value === "number" ? numberValue(value, where, note) : asText(value, where, note);
}

/** JSON senders write what JSON has no number for as text. */
function numberValue(value: unknown, where: string, note: Note): AnyValue {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number)) return { doubleValue: number };
  return asText(value, where, note);
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

function bytes(value: unknown, where: string, note: Note): AnyValue {
  if (typeof value === "string" && BASE64.test(value)) return { bytesValue: value };
  return typeof value === "string" ? textValue(value, where, note) : asText(value, where, note);
}

/** A value that is not of the kind that its tag says. */
function asText(value: unknown, where: string, note: Note): AnyValue {
  note(`${where}: became text`);
  const isPlain =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  const text = isPlain ? String(value) : "[no value of its kind]";
  return { stringValue: safeText(text, where, note) };
}
