// Poison stays local: values that would make Langfuse lose other data are made safe before they are
// stored, and each change is noted. Source of the list: Langfuse's measured behaviour (nulls in
// attributes, lone surrogates) and JSON's own gaps (numbers that JSON cannot say).
import { MAX_DEPTH } from "../limits.ts";
import { mapItems, mapMembers } from "./map-json.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Collects what was changed, for the record's metadata. */
export type Note = (text: string) => void;

/** Text without lone surrogates (each becomes U+FFFD) and without NUL. */
export function safeText(text: string, where: string, note: Note): string {
  let safe = text;
  if (!safe.isWellFormed()) {
    note(`${where}: lone surrogate replaced`);
    safe = safe.toWellFormed();
  }
  if (safe.includes("\u0000")) {
    note(`${where}: NUL removed`);
    safe = safe.replaceAll("\u0000", "");
  }
  return safe;
}

/** Text of at most `length` UTF-16 units, never half of a surrogate pair. */
export function cutText(text: string, length: number, where: string, note: Note): string {
  if (text.length <= length) return text;
  note(`${where}: cut to ${length} characters`);
  const cut = text.slice(0, length);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

/**
 * A JSON value that Langfuse can keep: safe text everywhere, finite numbers, bounded depth. One that
 * is so already is given back as it is.
 */
export function safeJson(value: unknown, where: string, note: Note, depth = 0): Json {
  if (typeof value === "string") return safeText(value, where, note);
  if (typeof value === "number") {
    if (Number.isFinite(value)) return value;
    note(`${where}: number that JSON cannot say became text`);
    return String(value);
  }
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value !== "object") return null;
  if (depth >= MAX_DEPTH) {
    note(`${where}: nested deeper than ${MAX_DEPTH}, cut`);
    return "[nested too deeply]";
  }
  const itemOf = (item: unknown): unknown => safeJson(item, where, note, depth + 1);
  if (Array.isArray(value)) return mapItems<unknown>(value, itemOf) as Json[];
  const members = value as Record<string, unknown>;
  return mapMembers(members, (key) => safeText(key, where, note), itemOf) as Record<string, Json>;
}

/** A value as the text that Langfuse takes: a string as it is, anything else as JSON text. */
export function asText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
