// Whether a project's delivery is well, in one word for an uptime check, and what is not. Pure.
import type { HealthState } from "../protocol/health-calls.ts";

export interface HealthProblem {
  /** A failure's class (`unauthorized`, `wrong_url`, `unavailable` …), `records_waiting` or `dead_letters`. */
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
/** What nobody has heard of for so long waits, whether or not anything has failed. */
export const WAITING_AFTER_MS = 15 * 60_000;
/** A dead letter is news for so long: an uptime check that looks once in a while sees it. */
export const DEAD_LETTER_NEWS_MS = 3_600_000;

export function healthStatus(state: HealthState, now: number): HealthStatus {
  const problems = [...failing(state, now), ...buried(state, now)];
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

function buried({ lastDead }: HealthState, now: number): HealthProblem[] {
  if (lastDead === undefined || now - lastDead.at >= DEAD_LETTER_NEWS_MS) return [];
  return [{ code: "dead_letters", since: lastDead.at }];
}
