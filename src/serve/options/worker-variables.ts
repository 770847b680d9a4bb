// Which variables the Worker gets: all of the settings file, and of the environment those that are settings, or look
// like one that is misspelt, so that the edge names it. Pure.
import { findUnknown, SETTING_NAMES } from "../../settings/unknown.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** Of the command, not of the Worker. */
const OWN = /^LANGFUSE_EDGE_/;

/** The environment goes before the file, as everywhere. */
export function workerVariables(environment: Variables, file: Variables): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...file, ...pick(environment) })) {
    if (value !== undefined && !OWN.test(name)) found[name] = value;
  }
  return found;
}

function pick(environment: Variables): Record<string, string> {
  const known: ReadonlySet<string> = new Set(SETTING_NAMES);
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "",
  );
  return Object.fromEntries(
    entries.filter(([name, value]) => known.has(name) || isLike(name, value)),
  );
}

function isLike(name: string, value: string): boolean {
  const problems: string[] = [];
  findUnknown({ [name]: value }, problems);
  return problems.length > 0;
}

/** Public by its nature. */
const PUBLIC = new Set([
  "LANGFUSE_PUBLIC_KEY",
  "LANGFUSE_BASE_URL",
  "LANGFUSE_BASEURL",
  "LANGFUSE_HOST",
]);
const SECRET = /SECRET|KEY|TOKEN|HEADERS|PROJECTS|PASSWORD/i;
/** Shorter ones would be found in words. */
const MIN_LENGTH = 8;

/** Texts that must not be in a line of the log, longest first. */
export function secretsIn(variables: Variables): string[] {
  const texts = Object.entries(variables)
    .filter(([name]) => SECRET.test(name) && !PUBLIC.has(name))
    .flatMap(([, value = ""]) => [value, ...leavesOf(value)]);
  const long = [...new Set(texts)].filter((text) => text.length >= MIN_LENGTH);
  return long.toSorted((a, b) => b.length - a.length);
}

/** Texts within a value that is JSON. */
function leavesOf(text: string): string[] {
  if (!/^\s*[[{]/.test(text)) return [];
  const leaves: string[] = [];
  try {
    JSON.parse(text, (_key, value: unknown) => {
      if (typeof value === "string") leaves.push(value);
      return value;
    });
  } catch {
    // The setting itself will be named as wrong.
  }
  return leaves;
}
