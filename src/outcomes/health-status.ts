// A project's delivery in one word for an uptime check, and the problems behind it. Pure.
import type { HealthState } from "../protocol/health-calls.ts";

export interface HealthProblem {
  /** A failure's class (`unauthorized`, `wrong_url`, `unavailable` …), `records_waiting`, `queue_unserved`, `dead_letters`, `settle_unknown` or `unreadable_journal`. */
  code: string;
  /** Epoch ms. */
  since?: number;
  /** Records that wait for it to end. */
  waiting?: number;
}

export interface HealthStatus {
  status: "ok" | "degraded";
  problems: HealthProblem[];
}

/** A failure that lasts so long needs somebody; a shorter one is an everyday thing, and mends itself. */
export const DEGRADED_AFTER_MS = 3 * 60_000;
/** Records left for so long are a problem, whether or not anything has failed. */
export const WAITING_AFTER_MS = 15 * 60_000;
/** A dead letter, or an unreadable journal, is news for so long: an uptime check that looks once in a while sees it. */
export const NEWS_MS = 3_600_000;

/** Sessions say so every three minutes while no consumer comes to them. */
const UNSERVED_NEWS_MS = 10 * 60_000;

export function healthStatus(state: HealthState, now: number): HealthStatus {
  const problems = [
    ...failing(state, now),
    ...unserved(state, now),
    ...deadLetters(state, now),
    ...newsOf("settle_unknown", state.unknown?.at, now),
    ...unreadable(state, now),
  ];
  return { status: problems.length > 0 ? "degraded" : "ok", problems };
}

function failing(state: HealthState, now: number): HealthProblem[] {
  const { lastError, failingSince, waitingSince, pending: waiting } = state;
  const since = failingSince ?? lastError?.since;
  if (lastError !== undefined && since !== undefined && now - since >= DEGRADED_AFTER_MS) {
    return [{ code: lastError.class, since, waiting }];
  }
  if (waitingSince === undefined || now - waitingSince < WAITING_AFTER_MS) return [];
  return [{ code: "records_waiting", since: waitingSince, waiting }];
}

/** The queue takes claims, but no consumer brings them back. */
function unserved({ unserved: last }: HealthState, now: number): HealthProblem[] {
  if (last === undefined || now - last.at >= UNSERVED_NEWS_MS) return [];
  return [{ code: "queue_unserved", since: last.since }];
}

function deadLetters({ lastDead }: HealthState, now: number): HealthProblem[] {
  return newsOf("dead_letters", lastDead?.at, now);
}

/** A session's stored journal is broken: what it held can't be delivered before somebody looks. */
function unreadable({ lastUnreadable }: HealthState, now: number): HealthProblem[] {
  return newsOf("unreadable_journal", lastUnreadable?.heardAt, now);
}

function newsOf(code: string, at: number | undefined, now: number): HealthProblem[] {
  return at === undefined || now - at >= NEWS_MS ? [] : [{ code, since: at }];
}
