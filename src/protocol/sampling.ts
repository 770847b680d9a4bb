// SAMPLING: which traces go to Langfuse, of those that came here whole. Rules are tried in their order, and the first
// that matches gives the share that is kept; a trace that none matches has the share of the rest. A share is a hash's
// matter: whoever has the trace's id and the share comes to the same answer (docs/sampling.md). Pure.
import * as z from "zod";
import { langfuseTraceId } from "./ids.ts";
import { MAX_NAME_LENGTH } from "./limits.ts";

/** What the rules look at. */
export interface TraceFacts {
  failed: boolean;
  scored: boolean;
  tools: ReadonlySet<string>;
  /** From its beginning to its end. */
  ms: number;
  assistant?: string;
  user?: string;
  environment?: string;
  /** `experiment:variant`. */
  variants: readonly string[];
}

/** All conditions of a rule have to hold; of a list, one entry. */
export interface SamplingRule {
  failed?: true;
  scored?: true;
  tool?: true;
  slowerThanMs?: number;
  tools?: string[];
  assistants?: string[];
  users?: string[];
  environments?: string[];
  variants?: string[];
  /** Of the traces that match, 0 to 1; all, where it is absent. */
  share?: number;
}

export interface Sampling {
  rules: SamplingRule[];
  /** Of the rest. */
  share: number;
  /** A trace that would be left out is kept for so long after its end, for a score that a rule asks for. */
  scoreWaitSeconds?: number;
}

const MAX_RULES = 20;
const MAX_ENTRIES = 100;
export const MAX_SCORE_WAIT_SECONDS = 900;
const DEFAULT_SCORE_WAIT_SECONDS = 300;

const share = z
  .number({ error: "must be a number from 0 to 1" })
  .min(0, { error: "must be a number from 0 to 1" })
  .max(1, { error: "must be a number from 0 to 1" });
const yes = z.literal(true, { error: "must be true, or left out" }).optional();
const listError = `must be a list of 1 to ${MAX_ENTRIES} texts of at most ${MAX_NAME_LENGTH} characters`;
const list = z
  .array(z.string({ error: listError }).min(1, { error: listError }).max(MAX_NAME_LENGTH, { error: listError }), {
    error: listError,
  })
  .min(1, { error: listError })
  .max(MAX_ENTRIES, { error: listError })
  .optional();
const ms = "must be a number of milliseconds, more than 0";
const waitError = `must be a number of seconds from 0 to ${MAX_SCORE_WAIT_SECONDS}`;

const RULE_KEYS =
  "failed, scored, tool, slowerThanMs, tools, assistants, users, environments, variants, share";
const rule = z
  .strictObject(
    {
      failed: yes,
      scored: yes,
      tool: yes,
      slowerThanMs: z.number({ error: ms }).positive({ error: ms }).optional(),
      tools: list,
      assistants: list,
      users: list,
      environments: list,
      variants: list,
      share: share.optional(),
    },
    { error: `must be an object of ${RULE_KEYS}, and nothing else` },
  )
  .refine((one) => Object.keys(one).some((key) => key !== "share"), {
    error: "needs a condition",
  });

export const samplingSetting = z.strictObject(
  {
    rules: z
      .array(rule, { error: "must be a list" })
      .max(MAX_RULES, { error: `may have at most ${MAX_RULES} rules` })
      .optional(),
    share,
    scoreWaitSeconds: z
      .number({ error: waitError })
      .min(0, { error: waitError })
      .max(MAX_SCORE_WAIT_SECONDS, { error: waitError })
      .optional(),
  },
  { error: "must be an object of rules, share and scoreWaitSeconds, and nothing else" },
);

/** The setting as it is pinned; undefined where it leaves nothing out. */
export function samplingOf(setting: z.output<typeof samplingSetting>): Sampling | undefined {
  const { rules = [], share: rest, scoreWaitSeconds } = setting;
  const sampling: Sampling = { rules: rules as SamplingRule[], share: rest };
  if (rest === 1 && rules.every((one) => (one.share ?? 1) === 1)) return undefined;
  const waits = scoreWaitSeconds ?? (rules.some(({ scored }) => scored) ? DEFAULT_SCORE_WAIT_SECONDS : 0);
  return waits > 0 && rules.some(({ scored }) => scored)
    ? { ...sampling, scoreWaitSeconds: waits }
    : sampling;
}

/** The share of such traces that is kept. */
export function shareOf({ rules, share: rest }: Sampling, facts: TraceFacts): number {
  const first = rules.find((one) => matches(one, facts));
  return first === undefined ? rest : (first.share ?? 1);
}

/**
 * Whether a trace is among the share that is kept: the last 16 hex digits of its id in Langfuse, as a number, are less
 * than share × 2^64. As OpenTelemetry's TraceIdRatioBased in Python, Go and Java has it, and so Langfuse's `sample_rate`.
 */
export function isInShare(traceId: string, kept: number): boolean {
  if (kept >= 1) return true;
  if (kept <= 0) return false;
  const low = langfuseTraceId(traceId).slice(16);
  return BigInt(`0x${low}`) < BigInt(Math.round(kept * 2 ** 64));
}

/** How many traces one that was kept stands for. */
export function weightOf(kept: number): number {
  return Number((1 / kept).toPrecision(6));
}

function matches(one: SamplingRule, facts: TraceFacts): boolean {
  return (
    (one.failed === undefined || facts.failed) &&
    (one.scored === undefined || facts.scored) &&
    (one.tool === undefined || facts.tools.size > 0) &&
    (one.slowerThanMs === undefined || facts.ms > one.slowerThanMs) &&
    (one.tools?.some((name) => facts.tools.has(name)) ?? true) &&
    isAmong(one.assistants, facts.assistant) &&
    isAmong(one.users, facts.user) &&
    isAmong(one.environments, facts.environment) &&
    (one.variants?.some((variant) => facts.variants.includes(variant)) ?? true)
  );
}

function isAmong(names: readonly string[] | undefined, name: string | undefined): boolean {
  return names === undefined || (name !== undefined && names.includes(name));
}
