// Takes what DROP_FIELDS names out of a JSON value. The place stays and says so, so that a reader
// sees a field that was dropped, not one that never was. JSON text is looked into like a value.
import { MAX_DEPTH } from "../protocol/limits.ts";
import { nestsTooDeep, parseJsonText } from "../protocol/json/json-text.ts";
import { mapItems, mapMembers } from "../protocol/json/map-json.ts";
import type { Json } from "../protocol/json/safe.ts";
import type { DropPath } from "./drop-paths.ts";

export const DROPPED = "[dropped]";

/** Where in a path the walk has arrived. */
interface Place {
  parts: DropPath["parts"];
  /** The part that comes next. */
  next: number;
}

/** The value without what the paths name; undefined where they name the whole of it. */
export function dropFields(
  root: string,
  value: Json,
  paths: readonly DropPath[],
  dropped: () => void,
): Json | undefined {
  const places = paths
    .filter((path) => path.root === root)
    .map(({ parts }): Place => ({ parts, next: 0 }));
  if (!places.some(isThere)) return walk(value, places, dropped, 0);
  dropped();
  return undefined;
}

const isThere = ({ parts, next }: Place): boolean => next === parts.length;

function walk(value: Json, places: readonly Place[], dropped: () => void, depth: number): Json {
  if (places.length === 0) return value;
  if (typeof value === "string") return walkText(value, places, dropped, depth);
  if (value === null || typeof value !== "object") return value;
  // Only JSON text is as deep as this; what can't be looked into can't be kept.
  if (depth > MAX_DEPTH) {
    dropped();
    return DROPPED;
  }
  const step = (name: string, item: Json): Json => {
    const further = places.flatMap((place) => stepInto(place, name));
    if (!further.some(isThere)) return walk(item, further, dropped, depth + 1);
    dropped();
    return DROPPED;
  };
  if (Array.isArray(value)) return mapItems(value, (item, index) => step(String(index), item));
  return mapMembers(
    value,
    (name) => name,
    (item, name) => step(name, item),
  );
}

/** A text that is the JSON of an object or a list; rewritten only where something is dropped. */
function walkText(
  text: string,
  places: readonly Place[],
  dropped: () => void,
  depth: number,
): string {
  if (!/^\s*[[{]/.test(text)) return text;
  // What can't be looked into can't be kept.
  if (nestsTooDeep(text)) {
    dropped();
    return DROPPED;
  }
  const inside = parseJsonText(text);
  if (inside === undefined) return text;
  let found = false;
  const rest = walk(inside, places, () => (found = true), depth + 1);
  if (!found) return text;
  dropped();
  return JSON.stringify(rest);
}

function stepInto({ parts, next }: Place, name: string): Place[] {
  const part = parts[next];
  const behind = { parts, next: next + 1 };
  if (part === undefined) return [];
  if (part === "any") return [behind];
  // Either this name is one of the many, or the many are over before it.
  if (part === "deep") return [{ parts, next }, ...stepInto(behind, name)];
  return part.name === name.toLowerCase() ? [behind] : [];
}
