// SAMPLING: which traces go to Langfuse, of those that came here whole. Rules are tried in their order, and the first
// that matches gives the share that is kept; a trace that none matches has the share of the rest. A share is a hash's
// matter: whoever has the trace's id and the share comes to the same answer (docs/sampling.md). Pure.
import { langfuseTraceId } from "../ids.ts";

/** The facts of a trace that the rules look at. */
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
