import { parseJsonText } from "../../protocol/json/json-text.ts";
import { type Note, safeJson } from "../../protocol/json/safe.ts";
import { isObject } from "../../protocol/wire.ts";
import { Refused } from "../interpret/refused.ts";

/** An object, or JSON text of one, as JSON text; what is null in it is left out. */
export function readModelParameters(value: unknown, note: Note): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const given = typeof value === "string" ? parseJsonText(value) : value;
  const safe = safeJson(given, "modelParameters", note);
  if (!isObject(safe)) {
    throw new Refused("invalid_data", "modelParameters: must be an object", "data.modelParameters");
  }
  const kept = Object.entries(safe).filter(([, item]) => item !== null);
  return kept.length > 0 ? JSON.stringify(Object.fromEntries(kept)) : undefined;
}
