// Answers: from outcomes and refusals to status and body, exactly as the contract says. Pure, and the
// one place where codes become statuses. Nothing here may quote a key or an error's details.
import {
  type ActionRefusal,
  isForbidden,
  isRetryable,
  type RequestRefusalCode,
} from "../protocol/refusals.ts";
import type { Outcome, Pending } from "./ingest/outcomes.ts";
import { omitUndefined } from "./omit-undefined.ts";
import type { RequestRefusal } from "./request-refusal.ts";

export interface EdgeAnswer {
  status: number;
  /** The code of the error, where the whole request is refused: for the log. */
  code?: string;
  body: Readonly<Record<string, unknown>>;
  /** Answered as plain text instead. */
  text?: string;
  headers?: Readonly<Record<string, string>>;
}

const STATUS: Readonly<Record<RequestRefusalCode, number>> = {
  invalid_json: 400,
  invalid_request: 400,
  unsupported_media_type: 415,
  body_too_large: 413,
  too_deep: 422,
  too_many_actions: 413,
  rate_limited: 429,
  unauthorized: 401,
  token_invalid: 401,
  token_expired: 401,
  session_mismatch: 403,
  forbidden: 403,
  origin_not_allowed: 403,
  not_configured: 503,
  auth_not_configured: 503,
  auth_unavailable: 503,
  masking_not_configured: 503,
  storage_not_configured: 503,
  unavailable: 503,
  overloaded: 503,
  not_found: 404,
  method_not_allowed: 405,
  internal_error: 500,
};

/** Statuses on Langfuse's own paths, where its own server has another: it lets no page in either, and says so to whoever comes without keys. */
export const LANGFUSE_STATUS: Readonly<Partial<Record<string, number>>> = {
  unsupported_media_type: 400,
  auth_not_configured: 401,
};

export function answerRefusal({ code, message, issues, headers }: RequestRefusal): EdgeAnswer {
  return {
    status: STATUS[code],
    code,
    body: { success: false, error: { code, message, ...(issues && { issues }) } },
    ...omitUndefined({ headers }),
  };
}

export function answerOne(outcome: Outcome): EdgeAnswer {
  switch (outcome.kind) {
    case "kept":
      return { status: 200, body: { success: true, ...outcome.ids } };
    case "flushed":
      return { status: 200, body: { success: true, ...outcome.pending } };
    case "refused":
      return answerFailure([outcome.refusal], {}, outcome.refusal);
  }
}

/** `flushed`: over all that the request's flushes speak of. */
/** What an answer says beside the results: of a flush, and that somebody watches turns as they happen. */
type Beside = Partial<Pending> & { watched?: true };

export function answerMany(outcomes: readonly Outcome[], beside: Beside = {}): EdgeAnswer {
  const refusals = outcomes.flatMap((outcome) =>
    outcome.kind === "refused" ? [outcome.refusal] : [],
  );
  const body = {
    accepted: outcomes.filter(({ kind }) => kind === "kept").length,
    results: outcomes.map(resultOf),
    ...beside,
  };
  const [first] = refusals;
  if (first === undefined) return { status: 200, body: { success: true, ...body } };
  if (refusals.length < outcomes.length) {
    return { status: 207, body: { success: false, ...body }, ...waitFor(refusals) };
  }
  return answerFailure(refusals, body, first);
}

/** All are refused. Where some may succeed later and some never, the caller must look at each: 207. */
function answerFailure(
  refusals: readonly ActionRefusal[],
  results: Readonly<Record<string, unknown>>,
  first: ActionRefusal,
): EdgeAnswer {
  const retryable = refusals.filter(({ code }) => isRetryable(code)).length;
  const { code, message, path } = first;
  const issues = path === undefined ? undefined : [{ path, message }];
  const body = { success: false, error: { code, message, ...(issues && { issues }) }, ...results };
  if (retryable === 0) return { status: finalStatus(refusals), body };
  if (retryable < refusals.length) return { status: 207, body, ...waitFor(refusals) };
  const status = refusals.every(isOverQuota) ? 429 : 503;
  return { status, body, headers: retryAfter(refusals) };
}

const isOverQuota = ({ code }: ActionRefusal): boolean =>
  code === "quota_exceeded" || code === "session_full";

/** For answers where only some have to wait; their results say which. */
function waitFor(refusals: readonly ActionRefusal[]): Pick<EdgeAnswer, "headers"> {
  return refusals.some(isOverQuota) ? { headers: retryAfter(refusals) } : {};
}

/** The time after which all that is retryable may be sent again. */
function retryAfter(refusals: readonly ActionRefusal[]): Record<string, string> {
  const seconds = Math.max(1, ...refusals.map((refusal) => refusal.retryAfter ?? 0));
  return { "retry-after": String(seconds) };
}

function finalStatus(refusals: readonly ActionRefusal[]): number {
  if (refusals.every(({ code }) => isForbidden(code))) return 403;
  return refusals.every(({ code }) => code === "session_deleted") ? 410 : 400;
}

function resultOf(outcome: Outcome, index: number): Record<string, unknown> {
  const place = { index, ...omitUndefined({ id: outcome.id }) };
  switch (outcome.kind) {
    case "kept":
      return { ...place, success: true, ...outcome.ids };
    case "flushed":
      return { ...place, success: true, ...outcome.pending };
    case "refused": {
      const { code, message, path, retryAfter } = outcome.refusal;
      const retryable = isRetryable(code);
      const error = {
        code,
        message,
        ...omitUndefined({ path }),
        retryable,
        ...omitUndefined({ retryAfter }),
      };
      return { ...place, success: false, error };
    }
  }
}
