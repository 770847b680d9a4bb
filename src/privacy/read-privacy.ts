// MASK, MASK_PATTERNS and DROP_FIELDS, checked once. They fail closed: where one of them can't be used,
// the edge can't hold back what it should, so it takes no writes at all. A problem names the setting
// and the entry's place, never its value.
import { type DetectorName, DETECTOR_NAMES } from "./detectors.ts";
import { readDropPaths } from "./drop-paths.ts";
import { compilePattern } from "./pattern/compile.ts";
import { UnusablePattern } from "./pattern/parse.ts";
import { makePrivacy, type Privacy, type PrivacyRules } from "./privacy.ts";

export type PrivacySetting =
  | { kind: "off" }
  /** `masks`: what is held back, in the words of the settings. */
  | { kind: "on"; privacy: Privacy; masks: readonly string[] }
  /** A value can't be used: nothing may be taken. */
  | { kind: "unusable" };

type Patterns = PrivacyRules["patterns"];
type RawEnv = Readonly<Record<string, unknown>>;
type Problem = (text: string) => void;

const MAX_PATTERNS = 20;
/** Of all patterns together: they add up on each character of a text. */
const MAX_ALL_STEPS = 500;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$/;

export function readPrivacy(env: RawEnv, problems: string[]): PrivacySetting {
  const before = problems.length;
  const problem: Problem = (text) =>
    problems.push(`${text}; no writes are taken until it is right`);
  const rules: PrivacyRules = {
    detectors: detectorsOf(env["MASK"], problem),
    patterns: patternsOf(env["MASK_PATTERNS"], problem),
    drop: dropOf(env["DROP_FIELDS"], problem),
  };
  if (problems.length > before) return { kind: "unusable" };
  const { detectors, patterns, drop } = rules;
  const none = detectors.length + patterns.length + drop.length === 0;
  return none
    ? { kind: "off" }
    : { kind: "on", privacy: makePrivacy(rules), masks: masksOf(rules) };
}

function masksOf({ detectors, patterns, drop }: PrivacyRules): string[] {
  const own = patterns.map(({ name }) => name ?? "pattern");
  return [...detectors, ...own, ...(drop.length > 0 ? [`${drop.length} dropped fields`] : [])];
}

function detectorsOf(raw: unknown, problem: Problem): DetectorName[] {
  const names = new Set<DetectorName>();
  for (const [index, item] of listOf("MASK", raw, problem).entries()) {
    const name = item.toLowerCase();
    if (name === "all") DETECTOR_NAMES.forEach((one) => names.add(one));
    else if (isDetector(name)) names.add(name);
    else problem(`MASK: entry ${index + 1} is none of all, ${DETECTOR_NAMES.join(", ")}`);
  }
  return [...names];
}

const isDetector = (name: string): name is DetectorName =>
  DETECTOR_NAMES.some((one) => one === name);

function dropOf(raw: unknown, problem: Problem): PrivacyRules["drop"] {
  const read = readDropPaths(listOf("DROP_FIELDS", raw, problem));
  if ("paths" in read) return read.paths;
  problem(`DROP_FIELDS: ${read.problem}`);
  return [];
}

function listOf(name: string, raw: unknown, problem: Problem): string[] {
  if (raw === undefined || raw === null) return [];
  if (typeof raw === "string") {
    return raw
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  }
  problem(`${name}: must be text, with commas between its entries`);
  return [];
}

function patternsOf(raw: unknown, problem: Problem): Patterns {
  if (raw === undefined || raw === null || raw === "") return [];
  const given = typeof raw === "string" ? parsed(raw) : raw;
  if (typeof given !== "object" || given === null) {
    problem("MASK_PATTERNS: must be a JSON list of patterns, or an object of names and patterns");
    return [];
  }
  const named = !Array.isArray(given);
  const entries = Object.entries(given);
  if (entries.length > MAX_PATTERNS) problem(`MASK_PATTERNS: more than ${MAX_PATTERNS}`);
  const patterns = entries.slice(0, MAX_PATTERNS).flatMap(([name, source], index) => {
    const where = `MASK_PATTERNS: entry ${index + 1}`;
    if (named && !NAME.test(name)) {
      problem(`${where}: its name must be at most 30 letters, digits, - and _`);
      return [];
    }
    try {
      if (typeof source !== "string") throw new UnusablePattern("is no text");
      const program = compilePattern(source);
      return [{ program, ...(named && { name }) }];
    } catch (error) {
      if (!(error instanceof UnusablePattern)) throw error;
      problem(`${where} ${error.message}`);
      return [];
    }
  });
  const steps = patterns.reduce((sum, { program }) => sum + program.steps.length, 0);
  if (steps > MAX_ALL_STEPS) {
    problem(`MASK_PATTERNS: together they have more than ${MAX_ALL_STEPS} steps`);
  }
  return patterns;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
