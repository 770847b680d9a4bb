// Finds fields that are surely a mistake. Unknown fields are let through, since clients send more
// than is read; but `trace_id` or `metdata` would lose what its writer meant to be kept.
import { withinEdits } from "../../protocol/edit-distance.ts";
import {
  flushData,
  observationData,
  scoreData,
  traceData,
  wireAction,
  wireEnvelope,
} from "../../protocol/wire.ts";

/** Names that mean something somewhere are nobody's misspelling. */
const KNOWN_FIELDS: ReadonlySet<string> = new Set(
  [traceData, observationData, scoreData, flushData, wireAction, wireEnvelope].flatMap((schema) =>
    Object.keys(schema.shape),
  ),
);
const plain = (field: string): string => field.replaceAll(/[\s_-]/g, "").toLowerCase();
const NORMALIZED: ReadonlyMap<string, string> = new Map(
  [...KNOWN_FIELDS].map((name) => [name, plain(name)]),
);
/** A payload of thousands of unknown keys is data in the wrong place, not misspellings. */
const MAX_UNKNOWN_FIELDS = 100;
const MAX_FIELD_LENGTH = 40;

type Given = Readonly<Record<string, unknown>>;

export interface Typo {
  field: string;
  meant: string;
}

/**
 * The first field that is close to a known one which is not given itself.
 * @param known by name
 */
export function findTypo(given: Given, known: Given): Typo | undefined {
  let lookedAt = 0;
  for (const field in given) {
    if (KNOWN_FIELDS.has(field) || field.length > MAX_FIELD_LENGTH || !isGiven(given, field))
      continue;
    lookedAt += 1;
    if (lookedAt > MAX_UNKNOWN_FIELDS) return undefined;
    const asked = plain(field);
    const meant = Object.keys(known).find(
      (name) => (asked === NORMALIZED.get(name) || isNear(field, name)) && !isGiven(given, name),
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
