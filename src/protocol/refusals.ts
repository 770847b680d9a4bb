// The reasons of refusals: stable codes that clients and people can rely on.

/** Refusals of one action; the valid actions beside it are taken. */
export type ActionRefusalCode =
  | "invalid_action" // unknown action, or not an object
  | "invalid_data" // a field is missing, of the wrong kind, or surely a mistake
  | "invalid_time" // a time that is neither ISO text nor epoch milliseconds
  | "session_or_trace_required" // names neither a session nor a trace
  | "trace_required" // an observation that names no trace
  | "id_reserved" // the id that the trace's root has
  | "too_many_keys" // beyond the eighth ordering key of a request
  | "session_mismatch" // names another session than the token
  | "user_mismatch" // names another user than the token
  | "action_not_allowed" // not among the token's actions
  | "session_deleted" // its session was deleted less than a day ago
  | "too_old" // older than what the edge remembers: it can't tell a repeat from news
  | "quota_exceeded" // the session has had, or holds, as much as it may
  | "session_full" // the session holds as much as it may of what Langfuse does not have yet
  | "refused_by_hook" // by the Worker's own `beforeStore`
  | "hook_failed" // the Worker's own `beforeStore` threw, or took too long
  | "unavailable"; // the session object could not keep it just now

/** Refusals of a whole request. */
export type RequestRefusalCode =
  | "invalid_json"
  | "invalid_request"
  | "unsupported_media_type"
  | "body_too_large"
  | "too_deep"
  | "too_many_actions"
  | "rate_limited"
  | "unauthorized"
  | "token_invalid"
  | "token_expired"
  | "session_mismatch"
  | "forbidden"
  | "origin_not_allowed"
  | "not_configured"
  | "auth_not_configured"
  | "auth_unavailable"
  | "masking_not_configured"
  | "storage_not_configured"
  | "unavailable" // an object did not answer
  | "overloaded" // the isolate holds as many bytes of bodies as it may; later there is room
  | "not_found"
  | "method_not_allowed"
  | "internal_error";

/** Refusals that no other data would change, since the caller may not. */
export type ForbiddenCode = "session_mismatch" | "user_mismatch" | "action_not_allowed";

export function isForbidden(code: ActionRefusalCode): code is ForbiddenCode {
  return code === "session_mismatch" || code === "user_mismatch" || code === "action_not_allowed";
}

export interface ActionRefusal {
  code: ActionRefusalCode;
  message: string;
  /** Where in the action, e.g. `data.endTime`. */
  path?: string;
  /** Seconds after which it may be sent again. */
  retryAfter?: number;
  /** Its object is full and has not kept it: another one may. */
  elsewhere?: true;
}

const RETRYABLE: ReadonlySet<ActionRefusalCode> = new Set([
  "unavailable",
  "hook_failed",
  "too_many_keys",
  "quota_exceeded",
  "session_full",
]);

/** Can the same action succeed when it is sent again unchanged, perhaps in another request? */
export function isRetryable(code: ActionRefusalCode): boolean {
  return RETRYABLE.has(code);
}
