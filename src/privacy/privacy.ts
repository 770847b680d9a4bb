// What is kept of people: drops fields and masks values of an action before anything of it is stored.
// Pure. Only what users say is looked into (the fields below); ids, models, counts, costs and times
// pass as they are. Masking twice is masking once. Must not throw for what a client sends, and must
// not note what it masked, only how often.
import { parseJsonText } from "../protocol/json/json-text.ts";
import { type Json, type Note, safeJson } from "../protocol/json/safe.ts";
import { isCredentialKey } from "./detectors/bearer.ts";
import { isCardNumber } from "./detectors/card.ts";
import { type DetectorName, DETECTOR_NAMES, DETECTORS } from "./detectors.ts";
import { DROPPED, dropFields } from "./drop-fields.ts";
import { type DropPath, DROPPABLE } from "./drop-paths.ts";
import { type Count, maskJson, type MaskJson } from "./mask-json.ts";
import { builtIn, type Detector, makeMaskText } from "./mask-text.ts";
import type { Program } from "./pattern/compile.ts";
import { findMatches } from "./pattern/find-matches.ts";
import { anyPrefilter, PREFILTERS } from "./prefilters.ts";
import { unescapeJson } from "./unescape-json.ts";

export interface PrivacyRules {
  detectors: readonly DetectorName[];
  /** Own patterns; a name is part of the placeholder. */
  patterns: readonly { name?: string; program: Program }[];
  drop: readonly DropPath[];
}

export interface Privacy {
  /** An action's data, with nothing left in it that is dropped or masked. */
  clean: (data: Readonly<Record<string, unknown>>, note: Note) => Readonly<Record<string, unknown>>;
  /** Any text with what is to be masked in it masked. */
  mask: (text: string) => string;
  /** Whether nobody's id is kept: then also none that is known otherwise. */
  dropsUser: boolean;
}

const MASKED = [
  "name",
  "input",
  "output",
  "metadata",
  "statusMessage",
  "tags",
  "modelParameters",
  "comment",
  "value",
] as const;
const FIELDS = [...new Set([...MASKED, ...DROPPABLE])];
/** Where a mark would be taken for a value: these go without a trace. */
const UNMARKED: ReadonlySet<string> = new Set(["tags", "modelParameters", "userId"]);

export function makePrivacy(rules: PrivacyRules): Privacy {
  const mask = makeMask(rules);
  return {
    mask: (text) => mask?.text(text, () => {}) ?? text,
    dropsUser: rules.drop.some(({ root, parts }) => root === "userId" && parts.length === 0),
    clean(data, note) {
      let clean: Record<string, unknown> | undefined;
      for (const field of FIELDS) {
        const value = data[field];
        if (value === null || value === undefined || !Object.hasOwn(data, field)) continue;
        const kept = cleanField(field, safeJson(value, field, note), rules.drop, mask, note);
        if (kept === value) continue;
        clean ??= { ...data };
        if (kept === undefined) delete clean[field];
        else clean[field] = kept;
      }
      return clean ?? data;
    },
  };
}

/** Nothing is cut off of the text. */
const WHOLE = { left: false, right: false };

function cleanField(
  field: (typeof FIELDS)[number],
  value: Json,
  drop: readonly DropPath[],
  mask: MaskJson | undefined,
  note: Note,
): Json | undefined {
  // JSON text of an object means the object here, and has to stay one.
  const isObjectText = field === "modelParameters" && typeof value === "string";
  const given = isObjectText ? safeJson(parseJsonText(value) ?? value, field, note) : value;
  let dropped = 0;
  const kept = dropFields(field, given, drop, () => (dropped += 1));
  if (dropped > 0) note(`${field}: dropped ${dropped}`);
  if (kept === undefined) return UNMARKED.has(field) ? undefined : DROPPED;
  if (mask === undefined || field === "userId") return kept;
  // A score's number is a measurement.
  if (field === "value" && typeof kept !== "string") return kept;
  const counts = new Map<string, number>();
  const masked = maskJson(kept, mask, (name) => counts.set(name, (counts.get(name) ?? 0) + 1));
  if (counts.size > 0) {
    note(`${field}: masked ${[...counts].map(([name, times]) => `${times} ${name}`).join(", ")}`);
  }
  return masked;
}

function makeMask({ detectors, patterns }: PrivacyRules): MaskJson | undefined {
  if (detectors.length === 0 && patterns.length === 0) return undefined;
  const own = patterns.map(({ name, program }): Detector => {
    const inner = name === undefined ? "masked" : `masked:${name}`;
    return {
      name: name ?? "masked",
      placeholder: `[${inner}]`,
      scan: (t, e) => findMatches(program, t, e),
    };
  });
  // Own patterns first: they were written for texts as they come.
  const built = DETECTOR_NAMES.filter((name) => detectors.includes(name)).map((name): Detector => ({
    name,
    placeholder: `[${name}]`,
    scan: builtIn(DETECTORS[name], PREFILTERS[name]),
  }));
  const all = [...own, ...built];
  const known = new Set([
    ...all.map(({ placeholder }) => placeholder),
    ...DETECTOR_NAMES.map((name) => `[${name}]`),
    DROPPED,
  ]);
  const maskText = makeMaskText(
    all,
    [...known].map((one) => one.slice(1, -1)),
  );
  const sign = anyPrefilter(detectors);
  const showsNothing = (text: string): boolean =>
    sign?.test(text) !== true && own.every(({ scan }) => scan(text, WHOLE).length === 0);
  const once =
    (name: DetectorName) =>
    (count: Count): string => {
      count(name);
      return `[${name}]`;
    };
  const [cards, secrets] = [detectors.includes("card"), detectors.includes("bearer")];
  return {
    text: (given, count) => {
      const plain = unescapeJson(given);
      if (showsNothing(plain)) return given;
      const masked = maskText(plain, count);
      return masked === plain ? given : masked;
    },
    number: (value, count) => (cards && isCardNumber(value) ? once("card")(count) : value),
    isSecretKey: (key) => secrets && isCredentialKey(key),
    secret: (value, count) => (value === "" || known.has(value) ? value : once("bearer")(count)),
  };
}
