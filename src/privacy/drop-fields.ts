// Takes the fields that DROP_FIELDS names out of a JSON value. A mark stays in their place, so that a
// reader sees a field that was dropped, not one that never was. JSON text is searched like a value.
import { MAX_DEPTH } from "../protocol/limits.ts";
import { nestsTooDeep, parseJsonText } from "../protocol/json/json-text.ts";
import { mapItems, mapMembers } from "../protocol/json/map-json.ts";
import type { Json } from "../protocol/json/safe.ts";
import type { DropPath } from "./drop-paths.ts";

export const DROPPED = "[dropped]";

/** The walk's position in a path. */
interface Place {
  parts: DropPath["parts"];
  /** The part that comes next. */
  next: number;
}

/** The value without the fields that the paths name; undefined where they name the whole of it. */
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
  // Only JSON text is as deep as this; a value that can't be searched can't be kept.
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

/** A text that is JSON, or JSON text of it; rewritten only where something is dropped. */
function walkText(
  text: string,
  places: readonly Place[],
  dropped: () => void,
  depth: number,
): string {
  // A byte order mark counts as a space here, and is none to a parser.
  if (!/^\s*[[{"]/.test(text)) return text;
  // A text that can't be searched can't be kept.
  if (nestsTooDeep(text)) {
    dropped();
    return DROPPED;
  }
  const inside = parseJsonText(text.trimStart());
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
