// Finds fields that are surely a mistake. Unknown fields are let through, since clients send more
// than is read; but `trace_id` or `metdata` would lose what its writer meant to be kept.
import { withinEdits } from "../protocol/edit-distance.ts";
import {
  flushData,
  observationData,
  scoreData,
  traceData,
  wireAction,
  wireEnvelope,
} from "../protocol/wire.ts";

/** Names that mean something somewhere are nobody's misspelling. */
const MEANINGFUL: ReadonlySet<string> = new Set(
  [traceData, observationData, scoreData, flushData, wireAction, wireEnvelope].flatMap((schema) =>
    Object.keys(schema.shape),
  ),
);
const plain = (field: string): string => field.replaceAll(/[\s_-]/g, "").toLowerCase();
const PLAIN: ReadonlyMap<string, string> = new Map(
  [...MEANINGFUL].map((name) => [name, plain(name)]),
);
/** A payload of thousands of unknown keys is data in the wrong place, not misspellings. */
const MAX_LOOKED_AT = 100;
const LONGEST = 40;

type Given = Readonly<Record<string, unknown>>;

export interface Misspelling {
  field: string;
  meant: string;
}

/**
 * The first field that is close to a known one which is not given itself.
 * @param known by name
 */
export function misspelled(given: Given, known: Given): Misspelling | undefined {
  let lookedAt = 0;
  for (const field in given) {
    if (MEANINGFUL.has(field) || field.length > LONGEST || !isGiven(given, field)) continue;
    lookedAt += 1;
    if (lookedAt > MAX_LOOKED_AT) return undefined;
    const asked = plain(field);
    const meant = Object.keys(known).find(
      (name) => (asked === PLAIN.get(name) || isNear(field, name)) && !isGiven(given, name),
    );
    if (meant !== undefined) return { field, meant };
  }
  return undefined;
}

function isGiven(given: Given, field: string): boolean {
  return Object.hasOwn(given, field) && given[field] !== undefined && given[field] !== null;
}

function isNear(field: string, name: string): boolean {
  const edits = editsOf(field, name);
  if (field[0] !== name[0] || Math.abs(field.length - name.length) > edits) return false;
  return withinEdits(field, name, edits);
}

/** Short names have too many honest neighbours: `mode` and `model`, `label` and `level`. */
function editsOf(field: string, name: string): number {
  const length = Math.min(field.length, name.length);
  return length >= 10 ? 2 : length >= 5 ? 1 : 0;
}
