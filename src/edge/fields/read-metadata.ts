import { WEIGHT_KEY } from "../../protocol/figures/score-labels.ts";
import { MAX_KEY_LENGTH, MAX_METADATA_KEYS } from "../../protocol/limits.ts";
import {
  asText,
  cutText,
  type Json,
  type Note,
  safeJson,
  safeText,
} from "../../protocol/json/safe.ts";
import { isObject } from "../../protocol/wire.ts";

/** The key of a value that has none of its own. */
const UNNAMED = "metadata";
export const WEIGHT_LEFT_OUT = `${WEIGHT_KEY}: is the edge's alone, left out`;

/**
 * Metadata as pairs of key and text, since each becomes an attribute of its own. A null is no value:
 * as an attribute it would make Langfuse lose the whole request. How many a sampled trace stands for is the edge's to
 * say: sums of a client's weights would be anything.
 */
export function readMetadata(
  value: unknown,
  note: Note,
): [key: string, text: string][] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) {
    return [[UNNAMED, asText(safeJson(value, UNNAMED, note))]];
  }
  const pairs = new Map<string, string>();
  const rest = new Map<string, Json>();
  for (const [rawKey, item] of Object.entries(value)) {
    if (item === null || item === undefined) continue;
    const text = safeText(rawKey, "metadata key", note) || UNNAMED;
    const key = cutText(text, MAX_KEY_LENGTH, "metadata key", note);
    if (key === WEIGHT_KEY) {
      note(WEIGHT_LEFT_OUT);
      continue;
    }
    const safe = safeJson(item, `metadata.${key}`, note);
    if (pairs.size < MAX_METADATA_KEYS - 1 || pairs.has(key)) pairs.set(key, asText(safe));
    else rest.set(key, safe);
  }
  if (rest.size > 0) {
    note(`metadata: keys beyond ${MAX_METADATA_KEYS} kept together as ${UNNAMED}`);
    pairs.set(UNNAMED, JSON.stringify(Object.fromEntries(rest)));
  }
  return pairs.size > 0 ? [...pairs] : undefined;
}
