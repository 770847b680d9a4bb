// The reason why records had to be left for a later try, as health, logs and sessions name it. Pure.
import type { Verdict } from "../../langfuse/classify.ts";

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
  /** Langfuse's words, redacted and cut. */
  message?: string;
}

/** Verdicts that do not say whether the records are at fault. */
export type Failing = Extract<Verdict, { kind: "keys" | "wrong_url" | "later" | "unknown" }>;

/** The longest that sessions wait because of a request that is not limited: one record may have asked for it. */
const ASKED_MS = 60_000;

export function failureOf(verdict: Failing): Failure {
  const { status, message } = verdict;
  const failureClass = classOf(verdict);
  const asked = verdict.kind === "later" ? verdict.retryAfterMs : undefined;
  const retryAfterMs = failureClass === "rate_limited" ? asked : asked && Math.min(asked, ASKED_MS);
  return {
    class: failureClass,
    ...(status !== undefined && { status }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    message,
  };
}

function classOf(verdict: Failing): FailureClass {
  if (verdict.kind === "later") return verdict.cause;
  if (verdict.kind === "keys") return "unauthorized";
  return verdict.kind === "wrong_url" ? "wrong_url" : "unknown_answer";
}

/** The failure of one event of a batch that may be taken later. */
export function failureOfEvent(status: number, message: string): Failure {
  if (status === 401 || status === 403) return { class: "unauthorized", status, message };
  return { class: status === 429 ? "rate_limited" : "unavailable", status, message };
}
