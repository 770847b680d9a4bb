// JSON text that stands in a value: nobody has bounded how deep it nests, and what reads it recurses.
import { isDeeperThan } from "./json-depth.ts";
import { MAX_BODY_DEPTH } from "../limits.ts";
import type { Json } from "./safe.ts";

/** Whether it would nest deeper than a body may. */
export function nestsTooDeep(text: string): boolean {
  if (text.length <= MAX_BODY_DEPTH) return false;
  return isDeeperThan(new TextEncoder().encode(text), MAX_BODY_DEPTH);
}

/** What it says; undefined where it is no JSON, or nests too deep. */
export function parseJsonText(text: string): Json | undefined {
  if (nestsTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
