// The backoff between tries. Pure: chance is an argument. There is no other retry mechanism.
import { RECORD_KINDS, type RecordKind } from "../../protocol/record.ts";
import type { KindRetry, RetryReason, Settlement } from "../../protocol/session/settle-calls.ts";
import type { FailingKind } from "./outbox-state.ts";
import type { SessionState } from "../state.ts";

/**
 * `soon`: a moment that mends itself. `slowly`: somebody has to repair something. `put_off`: the records were
 * not tried, and how long others have failed decides. `in_passing`: says nothing of Langfuse.
 */
type Pace = "soon" | "slowly" | "put_off" | "in_passing";

const PACE: Record<RetryReason, Pace> = {
  rate_limited: "soon",
  unavailable: "soon",
  timeout: "soon",
  unreachable: "soon",
  unknown_answer: "soon",
  unauthorized: "slowly",
  wrong_url: "slowly",
  request_refused: "slowly",
  not_configured: "put_off",
  breaker_open: "put_off",
  pass_full: "in_passing",
  not_tried: "in_passing",
  lease_too_short: "in_passing",
};

const IN_PASSING_MS = 1_000;
/** The longest that a `Retry-After` is obeyed: longer ones are mistakes. */
const MAX_RETRY_AFTER_MS = 60 * 60_000;

interface Growth {
  /** Before the second try; twice as long before each after that … */
  baseMs: number;
  /** … up to this, while it has not failed for long … */
  earlyMs: number;
  /** … and then up to this share of the time since it began to fail: what was down for ten minutes is tried
   * within one, and what was down for a day costs no try a minute. */
  share: number;
  maxMs: number;
}

const SOON: Growth = { baseMs: 2_000, earlyMs: 30_000, share: 1 / 16, maxMs: 15 * 60_000 };
const SLOWLY: Growth = { baseMs: 5_000, earlyMs: 30_000, share: 1 / 8, maxMs: 60 * 60_000 };
/** A kind whose oldest record is suspected waits no longer than after so many tries: 8 s. */
const LONGEST_ALONE_TRIES = 2;
/** Records that are put off wait as if they had failed so often: only the time counts. */
const PUT_OFF_TRIES = 4;

/** Does this reason mean that the records were tried? Being put off does not. */
export function isTry(reason: RetryReason | undefined): boolean {
  const pace = reason === undefined ? undefined : paceOf(reason);
  return pace !== "in_passing" && pace !== "put_off";
}

export interface Failing {
  /** Tries in a row, before this one, that failed. */
  tries: number;
  /** For how long nothing was brought forward, ms. */
  forMs: number;
}

/**
 * The wait before the next try, ms: exponential with full jitter on its upper half, and never
 * sooner than Langfuse asked for.
 * @param random from 0 (inclusive) to 1 (exclusive)
 */
export function backoffMs(
  reason: RetryReason,
  { tries, forMs }: Failing,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const asked = Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  switch (paceOf(reason)) {
    case "in_passing":
      return Math.max(IN_PASSING_MS, asked);
    case "put_off": {
      // All that were put off together come back one after the other.
      const back = asked + SOON.baseMs * random;
      if (reason === "not_configured") {
        return Math.max(waitMs(SLOWLY, PUT_OFF_TRIES, forMs, random), back);
      }
      return Math.max(IN_PASSING_MS, Math.min(forMs * SOON.share, SOON.maxMs), back);
    }
    case "soon":
      return Math.max(waitMs(SOON, tries, forMs, random), asked);
    case "slowly":
      return Math.max(waitMs(SLOWLY, tries, forMs, random), asked);
  }
}

/** A reason of a later version is taken for a moment that mends itself. */
function paceOf(reason: RetryReason): Pace {
  return (PACE as Partial<Record<string, Pace>>)[reason] ?? "soon";
}

function waitMs(
  { baseMs, earlyMs, share, maxMs }: Growth,
  tries: number,
  forMs: number,
  random: number,
): number {
  const longest = Math.min(maxMs, Math.max(earlyMs, forMs * share));
  const full = Math.min(longest, baseMs * 2 ** Math.min(tries, 20));
  return Math.round(full / 2 + (full / 2) * random);
}

/** The waits of each kind that a settlement leaves, and of each record that it sets aside, ms. */
export interface Waits {
  retry?: Partial<Record<RecordKind, number>>;
  alone: number[];
}

/** @param random a number from 0 to 1 for each question */
export function waitsOf(
  { failing, outbox, setAside }: SessionState,
  { retry, keeps = [], delivered, setAside: aside = [] }: Settlement,
  now: number,
  random: () => number,
): Waits {
  const waits: Waits = {
    alone: aside.map((ordinal) => {
      const { failures = 0, since = now } = setAside.find((one) => one.ordinal === ordinal) ?? {};
      return backoffMs("unavailable", { tries: failures, forMs: now - since }, undefined, random());
    }),
  };
  if (retry === undefined) return waits;
  const named = new Set(delivered);
  // Records for their figures alone were not sent to Langfuse.
  const taken = outbox.filter(
    ({ ordinal, sampledOut }) => named.has(ordinal) && sampledOut !== true,
  );
  const moved = new Set(taken.map(({ kind }) => kind));
  waits.retry = {};
  for (const kind of retry.kinds ?? RECORD_KINDS) {
    if (keeps.includes(kind)) continue;
    // A kind of which something was delivered begins anew.
    const { reason, afterMs, alone }: KindRetry = retry.byKind?.[kind] ?? retry;
    const known = moved.has(kind) ? undefined : failing[kind];
    const tries = triesOf(known, alone === true);
    const forMs = Math.max(now - (known?.since ?? now), 0);
    waits.retry[kind] = backoffMs(reason, { tries, forMs }, afterMs, random());
  }
  return waits;
}

/**
 * The tries by which a kind waits. One whose oldest record fails alone while others are taken is known to be no
 * outage: it waits as that record has failed, and a little longer where this try showed nothing new.
 */
function triesOf(known: FailingKind | undefined, countsAlone: boolean): number {
  const { tries = 0, alone = 0 } = known ?? {};
  if (countsAlone) return alone + 1;
  return alone > 0 ? Math.min(tries, LONGEST_ALONE_TRIES) : tries;
}
