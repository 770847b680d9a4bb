// Names in the environment that look like settings and are none. Pure. A misspelt setting would pass
// in silence: `MASKS=email` stored addresses unmasked. Each is a problem; beside a name that was
// meant to hide something, or to keep it within borders, nothing may be taken. Problems give names,
// never values. The environment holds bindings as well, and sometimes a whole shell's variables: a
// name that resembles none of ours is left alone.
import { withinEdits } from "../protocol/edit-distance.ts";
import { DETECTOR_NAMES } from "../privacy/detectors.ts";
import { LIMIT_BINDINGS } from "../protocol/rate-limits.ts";
import type { RawEnv } from "./read.ts";

/** Every setting that is read anywhere; a test holds the list against the readers. */
export const SETTING_NAMES = [
  "ALLOWED_ORIGINS",
  "ALLOW_CREDENTIALS",
  "AUTH",
  "AUTH_ALGORITHMS",
  "AUTH_AUDIENCE",
  "AUTH_CLOCK_TOLERANCE",
  "AUTH_ISSUER",
  "AUTH_JWKS_URL",
  "AUTH_JWT_HEADER",
  "AUTH_SESSION_CLAIM",
  "AUTH_TOKEN_SECRET",
  "AUTH_TOKEN_SECRET_PREVIOUS",
  "AUTH_USER_CLAIM",
  "DASHBOARD_ACCESS_AUD",
  "DASHBOARD_ACCESS_TEAM",
  "DASHBOARD_CLAIM",
  "DASHBOARD_CONTENT",
  "DASHBOARD_PROJECT",
  "DEAD_LETTER_DAYS",
  "DO_JURISDICTION",
  "DROP_FIELDS",
  "LANGFUSE_BASEURL",
  "LANGFUSE_BASE_URL",
  "LANGFUSE_EXTRA_HEADERS",
  "LANGFUSE_FLUSH_AT",
  "LANGFUSE_FLUSH_INTERVAL",
  "LANGFUSE_HOST",
  "LANGFUSE_PROJECTS",
  "LANGFUSE_PUBLIC_KEY",
  "LANGFUSE_RELEASE",
  "LANGFUSE_SECRET_KEY",
  "LANGFUSE_TRACING_ENVIRONMENT",
  "LEGACY",
  "LOG_LEVEL",
  "MASK",
  "MASK_PATTERNS",
  "MAX_ACTIONS",
  "MAX_BODY_BYTES",
  "MODEL_PRICES",
  "OPEN_OBSERVATION_IDLE_SECONDS",
  "RATE_LIMITS",
  "SAMPLING",
  "SESSION_ACTIONS_PER_MINUTE",
  "SESSION_BYTES_PER_MINUTE",
  "TRACE_IDLE_SECONDS",
  "TRACE_ID_FORMAT",
] as const;

/** Of two spellings of one setting only the documented one is suggested. */
const MEANT_NAMES = SETTING_NAMES.filter((name) => name !== "LANGFUSE_BASEURL");
const BINDING_NAMES = [
  "SESSION",
  "HEALTH",
  "LIVE",
  "CLAIMS",
  "METRICS",
  "ANALYTICS",
  ...Object.values(LIMIT_BINDINGS),
];
const ALL_NAMES: ReadonlySet<string> = new Set([...SETTING_NAMES, ...BINDING_NAMES]);

/** Prefixes of our settings alone. */
const OUR_PREFIX = /^(LANGFUSE|AUTH)_/i;
/** A part of a name, by which something is to be hidden. */
const HIDING =
  /^(mask(s|ed|ing|er|ers)?|drop(s|ped)?|pii|privacy|hid(e|es|ing)|redact\w*|scrub\w*|censor\w*|saniti[sz]\w*|obfuscat\w*|anonym\w*|pseudonym\w*)$/i;
const BORDERS = /^jurisdictions?$/i;
/** Variables of a shell. */
const NOT_OURS: ReadonlySet<string> = new Set(["UMASK"]);
const MAX_NAME_LENGTH = 60;

/** Work that must not be done, since a setting that may forbid it is misspelt. */
export interface UnknownSettings {
  /** No action may be taken: it might have to be masked. */
  hidesUnread: boolean;
  /** Nothing may be stored: it might have to stay within borders. */
  bordersUnread: boolean;
}

export function findUnknown(env: RawEnv, problems: string[]): UnknownSettings {
  const found: UnknownSettings = { hidesUnread: false, bordersUnread: false };
  for (const [name, value] of Object.entries(env)) {
    if (
      ALL_NAMES.has(name) ||
      NOT_OURS.has(name) ||
      name.length > MAX_NAME_LENGTH ||
      isUnset(value)
    )
      continue;
    const meant = isMaskList(name, value)
      ? "MASK"
      : meantBy(name, isPlain(value) ? MEANT_NAMES : BINDING_NAMES);
    const parts = isPlain(value) ? partsOf(name) : [];
    const hides = isHiding(meant) || parts.some((part) => HIDING.test(part));
    const borders = meant === "DO_JURISDICTION" || parts.some((part) => BORDERS.test(part));
    if (meant === undefined && !hides && !borders && !OUR_PREFIX.test(name)) continue;
    const probably = meant ?? guessOf(parts, hides, borders);
    const unread =
      hides || borders
        ? `; ${hides ? "no writes are taken" : "nothing is stored"} until it is right`
        : "";
    problems.push(
      `${name}: unknown setting${probably === undefined ? "" : `, probably ${probably}`}${unread}`,
    );
    found.hidesUnread ||= hides;
    found.bordersUnread ||= borders;
  }
  return found;
}

function guessOf(parts: readonly string[], hides: boolean, borders: boolean): string | undefined {
  if (borders) return "DO_JURISDICTION";
  if (!hides) return undefined;
  if (parts.some((part) => /^pattern/i.test(part))) return "MASK_PATTERNS";
  return parts.some((part) => /^(drop|field)/i.test(part)) ? "DROP_FIELDS" : "MASK";
}

const isHiding = (meant: string | undefined): boolean =>
  meant === "MASK" || meant === "MASK_PATTERNS" || meant === "DROP_FIELDS";

function meantBy(name: string, candidates: readonly string[]): string | undefined {
  const given = plain(name);
  return (
    candidates.find((one) => plain(one) === given) ??
    candidates.find((one) => isNear(given, plain(one)))
  );
}

const plain = (name: string): string => name.replaceAll(/[\s._-]/g, "").toUpperCase();

/** `MASK_FIELDS` and `maskFields`: mask, fields. */
const partsOf = (name: string): string[] =>
  name.replaceAll(/([a-z])(?=[A-Z])/g, "$1_").split(/[\s._-]+/);

/** One other letter makes another honest word of a short name: `MASK` and `TASK`. */
function isNear(given: string, known: string): boolean {
  if (known.length < 5) {
    const letters = (text: string): string => text.split("").toSorted().join("");
    const replaced = given.length === known.length && letters(given) !== letters(known);
    return !replaced && withinEdits(given, known, 1);
  }
  return withinEdits(given, known, known.length >= 10 ? 2 : 1);
}

/** `MASC=email`: by its name alone it could be another word, as `TASK` is. */
function isMaskList(name: string, value: unknown): boolean {
  if (!isPlain(value) || !withinEdits(plain(name), "MASK", 1)) return false;
  const detectors = new Set<string>([...DETECTOR_NAMES, "all"]);
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  return entries
    .flatMap((entry) => (typeof entry === "string" ? entry.toLowerCase().split(",") : []))
    .some((item) => detectors.has(item.trim()));
}

function isUnset(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === "string" && value.trim() === "")
  );
}

/** A variable or a secret; a binding is an object of the platform. */
function isPlain(value: unknown): boolean {
  if (typeof value === "function") return false;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
