import { type Note, safeJson } from "../protocol/safe.ts";
import { Refused } from "./refused.ts";

/** An object, or JSON text of one, as JSON text; what is null in it is left out. */
export function readModelParameters(value: unknown, note: Note): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const safe = safeJson(objectIn(value), "modelParameters", note);
  if (safe === null || typeof safe !== "object" || Array.isArray(safe)) {
    throw new Refused("invalid_data", "modelParameters: must be an object", "data.modelParameters");
  }
  const kept = Object.entries(safe).filter(([, item]) => item !== null);
  return kept.length > 0 ? JSON.stringify(Object.fromEntries(kept)) : undefined;
}

function objectIn(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
