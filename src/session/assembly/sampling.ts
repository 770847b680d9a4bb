// Whether a trace goes to Langfuse, decided once, on all of it. No I/O, no clock. A trace of which the object has the
// top waits for its end with everything below; one that grows beyond a bound is kept. The decision is written to the
// journal with the seal that it was made for: a replay makes none. What comes later goes the same way.
import type { FieldName } from "../../protocol/change.ts";
import { EXPERIMENT, WEIGHT_KEY } from "../../protocol/figures/score-labels.ts";
import { isInShare, shareOf, type TraceFacts, weightOf } from "../../protocol/sampling/rule.ts";
import type { SealedRecord } from "../../protocol/record.ts";
import { MAX_HELD_SIZE, MAX_UNDECIDED, MAX_UNDECIDED_SIZE } from "../bounds.ts";
import type { Rules } from "./rules.ts";
import type { Draft, Trace, Verdict } from "./assembly-state.ts";
import type { SessionState } from "../state.ts";

const KEPT_WHOLE: Verdict = { kept: true, share: 1 };

/**
 * Its parts wait for a decision. Only of what the object has from its beginning: of another's trace it does not know
 * what else is in it, and what began to go out goes on.
 */
export function isUndecided(trace: Trace, { sampling }: Rules): boolean {
  if (sampling === undefined || trace.verdict !== undefined) return false;
  return trace.sealed.size === 0 && hasTop(trace);
}

/** An undecided trace has more than may wait: it is kept, and goes on by parts. */
export function isTooLong({ completeSize, ready, scores }: Trace): boolean {
  return completeSize >= MAX_UNDECIDED_SIZE || ready.size + scores.size >= MAX_UNDECIDED;
}

/**
 * What is decided of a trace some of which is due: undefined while it waits for longer (`trace.heldUntil` is then set).
 * @param isOver the top of the trace is sealed now
 */
export function decide(
  state: SessionState,
  trace: Trace,
  isOver: boolean,
  at: number,
): Verdict | undefined {
  const { sampling } = state.settings;
  if (sampling === undefined) return KEPT_WHOLE;
  if (!isOver) return KEPT_WHOLE;
  const facts = factsOrNone(trace, state.settings);
  if (facts === undefined) return KEPT_WHOLE;
  const share = shareOf(sampling, facts);
  if (isInShare(trace.id, share)) return { kept: true, share };
  const until = mayChangeUntil(trace, state.settings, facts);
  // What waits is assembled with everything else: there is room for so much of it. A trace that is due at once since
  // it is too long must not wait either, or it would be due for ever.
  const hasRoom = state.assemblingSize <= MAX_HELD_SIZE && !isTooLong(trace);
  if (until <= at || !hasRoom) return { kept: false, share };
  trace.heldUntil = until;
  return undefined;
}

/** The record as its figures need it: what users and models said stays behind. */
export function withoutContent<R extends SealedRecord>(record: R): R {
  if (record.kind === "score" || !("fields" in record)) return { ...record, sampledOut: true };
  const { input, output, ...fields } = record.fields;
  const size = record.size - (input?.length ?? 0) - (output?.length ?? 0);
  return { ...record, fields, size: Math.max(size, 0), sampledOut: true };
}

/** Metadata that the records of a kept trace carry. A client's own was left out at the door; a hook's wins. */
export function weightAsMetadata({ verdict }: Trace): [key: string, text: string][] {
  if (verdict?.kept !== true || verdict.share >= 1 || verdict.share <= 0) return [];
  return [[WEIGHT_KEY, String(weightOf(verdict.share))]];
}

/** Epoch ms: what is still open may fail, and a score may come. */
function mayChangeUntil(
  { open, resting, endedSince, lastArrival }: Trace,
  { sampling, openObservationIdleMs }: Rules,
  { scored }: TraceFacts,
): number {
  const waitMs = scored ? 0 : 1000 * (sampling?.scoreWaitSeconds ?? 0);
  return Math.max(
    open > resting ? lastArrival + openObservationIdleMs : 0,
    waitMs > 0 ? (endedSince ?? lastArrival) + waitMs : 0,
  );
}

function hasTop({ drafts, rootId, legacy }: Trace): boolean {
  return drafts.get(rootId)?.created === true || drafts.get(legacy?.record ?? "")?.created === true;
}

/** Undefined where this code can't tell: a trace costs no more than itself. */
function factsOrNone(trace: Trace, rules: Rules): TraceFacts | undefined {
  try {
    return factsOf(trace, rules);
  } catch {
    return undefined;
  }
}

function factsOf(trace: Trace, { environment }: Rules): TraceFacts {
  const drafts = [...trace.drafts.values(), ...trace.late.values()];
  const tools = drafts.filter(({ type }) => type?.v === "tool");
  const user = textOf(trace.fields.get("userId")?.v);
  const assistant = textOf(trace.fields.get("name")?.v);
  const its = textOf(trace.fields.get("environment")?.v) ?? environment;
  return {
    failed: drafts.some(({ fields }) => fields.get("level")?.v === "ERROR"),
    scored: trace.scores.size > 0,
    tools: new Set(tools.map(({ fields }) => textOf(fields.get("name")?.v) ?? "tool")),
    ms: durationOf(trace),
    ...(assistant !== undefined && { assistant }),
    ...(user !== undefined && { user }),
    ...(its !== undefined && { environment: its }),
    variants: Array.from(trace.metadata)
      .filter(([key]) => key.startsWith(EXPERIMENT))
      .map(([key, { v }]) => `${key.slice(EXPERIMENT.length)}:${v}`),
  };
}

function durationOf({ drafts, rootId, legacy, lastMoment }: Trace): number {
  const top = drafts.get(rootId) ?? drafts.get(legacy?.record ?? "");
  if (top === undefined) return 0;
  const start = momentIn(top, "startTime") ?? top.createdAt ?? top.lastAt;
  return Math.max(0, (momentIn(top, "endTime") ?? lastMoment) - start);
}

function momentIn({ fields }: Draft, name: FieldName): number | undefined {
  const value = fields.get(name)?.v;
  return typeof value === "number" ? value : undefined;
}

function textOf(value: string | number | boolean | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}
