// Why records had to be left for a later try, as health, logs and sessions name it. Pure.
import type { Verdict } from "../langfuse/classify.ts";

export type FailureClass =
  | "unauthorized"
  | "wrong_url"
  | "rate_limited"
  | "unavailable"
  | "timeout"
  | "unreachable"
  | "request_refused"
  | "unknown_answer";

export interface Failure {
  class: FailureClass;
  /** HTTP status, where there was an answer. */
  status?: number;
  retryAfterMs?: number;
}

/** Verdicts that say nothing about the records: all that is not posted yet stays. */
export type Stopping = Extract<Verdict, { kind: "keys" | "wrong_url" | "later" | "unknown" }>;

export function failureOf(verdict: Stopping): Failure {
  const { status } = verdict;
  const retryAfterMs = verdict.kind === "later" ? verdict.retryAfterMs : undefined;
  return {
    class: classOf(verdict),
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function classOf(verdict: Stopping): FailureClass {
  if (verdict.kind === "later") return verdict.cause;
  if (verdict.kind === "keys") return "unauthorized";
  return verdict.kind === "wrong_url" ? "wrong_url" : "unknown_answer";
}

/** The failure of one event of a batch that may be taken later. */
export function failureOfEvent(status: number): Failure {
  if (status === 401 || status === 403) return { class: "unauthorized", status };
  return { class: status === 429 ? "rate_limited" : "unavailable", status };
}
