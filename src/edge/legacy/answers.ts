// Answers of Langfuse's own paths, in its shapes: clients read them. Pure.
import { type ActionRefusal, isForbidden, isRetryable } from "../../protocol/refusals.ts";
import { answerRefusal, type EdgeAnswer, LANGFUSE_STATUS } from "../answers.ts";
import type { Outcome } from "../ingest/outcomes.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import type { InterpretedEvent } from "./events/interpret-event.ts";
import type { RefusedEvent } from "./events/read-event.ts";

/** As Langfuse's framework words them: their clients do not repeat an answer that is no JSON. */
const TEXTS: Readonly<Partial<Record<RequestRefusal["code"], string>>> = {
  body_too_large: "Body exceeded 4.5mb limit",
  invalid_json: "Invalid JSON",
};

const NAMES: Readonly<Record<number, string>> = {
  400: "InvalidRequestError",
  401: "UnauthorizedError",
  403: "ForbiddenError",
  404: "LangfuseNotFoundError",
  405: "MethodNotAllowedError",
  413: "InvalidRequestError",
  429: "RateLimitError",
};

/** The refusal of a whole request. */
export function legacyRefusal(refusal: RequestRefusal): EdgeAnswer {
  const answer = answerRefusal(refusal);
  const { code, message } = refusal;
  const text = TEXTS[code];
  const status = LANGFUSE_STATUS[code] ?? answer.status;
  if (text !== undefined) return { ...answer, status, text };
  const hint = code === "unauthorized" ? " Confirm that you've configured the correct host." : "";
  const error = NAMES[status] ?? "Internal Server Error";
  return { ...answer, status, body: { error, message: `${message}.${hint}`, code } };
}

/** 400, in the words of Langfuse's schema check. */
export function invalidRequest(errors: readonly string[]): EdgeAnswer {
  return {
    status: 400,
    code: "invalid_request",
    body: { message: "Invalid request data", errors },
  };
}

/** The same of a body that is one event: Langfuse's other paths list what is wrong with it. */
export function invalidBody(path: string, message: string): EdgeAnswer {
  return {
    status: 400,
    code: "invalid_request",
    body: { message: "Invalid request data", error: [{ path: [path], message }] },
  };
}

/** One of a batch's events, with what became of its actions. */
export interface EventOutcome {
  event: InterpretedEvent;
  outcomes: readonly Outcome[];
}

/** 207 with each event by its id; where none could be kept just now, an error of the whole. */
export function answerBatch(events: readonly EventOutcome[]): EdgeAnswer {
  const successes: { id: string; status: number }[] = [];
  const errors: RefusedEvent[] = [];
  for (const { event, outcomes } of events) {
    const refusal = refusalIn(event, outcomes);
    if (refusal !== undefined) errors.push(refusal);
    else if (event.kind !== "refused") successes.push({ id: event.id, status: 201 });
  }
  const later = errors.filter(({ status }) => status === UNAVAILABLE_STATUS).length;
  if (later > 0 && later === errors.length && successes.length === 0) {
    const message = errors[0]?.error ?? "";
    const headers = { "retry-after": "1" };
    return {
      status: UNAVAILABLE_STATUS,
      code: "unavailable",
      headers,
      body: { error: "Internal Server Error", message, code: "unavailable" },
    };
  }
  return { status: 207, body: { successes, errors } };
}

const UNAVAILABLE_STATUS = 503;

/**
 * 202, or 207 with numbers: whoever sends a list of scores repeats none of it but on an error of the whole. That is
 * for a list of which a repeat does no harm: nothing of it is kept, or what is kept is known by its ids.
 * @param hasMadeIds scores in it have ids that a repeat would not have
 */
export function answerScores(events: readonly EventOutcome[], hasMadeIds: boolean): EdgeAnswer {
  const refusals = events.flatMap(({ event, outcomes }) => refusalIn(event, outcomes) ?? []);
  const later = refusals.find(({ status }) => status === UNAVAILABLE_STATUS);
  const kept = events.length - refusals.length;
  if (later !== undefined && (kept === 0 || !hasMadeIds)) {
    const { message, error } = later;
    return {
      status: UNAVAILABLE_STATUS,
      code: "unavailable",
      headers: { "retry-after": "1" },
      body: { error: message, message: error, code: "unavailable" },
    };
  }
  if (refusals.length === 0) return { status: 202, body: { message: "Accepted" } };
  const errors = refusals.map(({ error: message }) => ({ message }));
  const counts = { accepted: kept, rejected: errors.length };
  return { status: 207, body: { ...counts, errors } };
}

export function refusalIn(
  event: InterpretedEvent,
  outcomes: readonly Outcome[],
): RefusedEvent | undefined {
  if (event.kind === "refused") return event.refusal;
  for (const outcome of outcomes) {
    if (outcome.kind === "refused") return refusedEvent(event.id, outcome.refusal);
  }
  return undefined;
}

function refusedEvent(id: string, { code, message }: ActionRefusal): RefusedEvent {
  const status = isRetryable(code) ? UNAVAILABLE_STATUS : isForbidden(code) ? 401 : 400;
  const name = status === UNAVAILABLE_STATUS ? "Internal Server Error" : "Invalid request data";
  return { id, status, message: status === 401 ? "Authentication error" : name, error: message };
}
