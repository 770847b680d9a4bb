// An answer of Langfuse, or of what stands in front of it -> the verdict on the records of the request. Pure.
// Delivered is only a 2xx with a JSON body; an answer that is not understood means a retry, never a loss.
// The words in a verdict are raw: they are redacted before they are kept.

export type LangfuseAnswer =
  | {
      status: number;
      contentType: string;
      retryAfter?: string;
      bodyText: string;
      /** The body was longer than what was read of it. */
      cut: boolean;
    }
  /** `unsent`: the platform lets this invocation make no more requests. */
  | { failure: "timeout" | "network" | "unsent"; detail: string };

/** One event of a batch that was not taken. */
export interface Rejection {
  id: string;
  status: number;
  message: string;
  /** At fault are the event itself, every event of such a request, or only the moment or the keys. */
  about: "record" | "request" | "moment";
}

export type Verdict =
  | { kind: "delivered" }
  | { kind: "partly"; refused: Rejection[] }
  /** A 2xx that took the request but for so many of its spans; which, only the words may tell. */
  | { kind: "rejected"; count: number; message: string }
  | { kind: "too_large"; message: string }
  /** The words speak of the whole request, of a record in it, or of nothing that is known. */
  | { kind: "bad_request"; about: "request" | "record" | "unsaid"; message: string }
  | { kind: "keys"; status: number; message: string }
  | { kind: "wrong_url"; status: number; message: string }
  | {
      kind: "later";
      cause: "rate_limited" | "unavailable" | "timeout" | "unreachable";
      status?: number;
      retryAfterMs?: number;
      message: string;
    }
  | { kind: "unknown"; status: number; message: string }
  /** Nothing left the invocation, and nothing will: the next one has requests of its own. */
  | { kind: "unsent"; message: string };

/** Longest `Retry-After` that is honoured: a mistaken one must not stop delivery for a day. */
export const MAX_RETRY_AFTER_MS = 15 * 60_000;

/** Langfuse's own words for a request that is wrong as a whole, whatever its records. */
const ABOUT_REQUEST =
  /failed to (parse|read|decompress)|invalid (content type|json)|ingestion-version|invalid request data|scope-level field/i;
/** … and for spans in it. */
const ABOUT_RECORD = /span\(s\) cannot be processed/i;

export function classify(answer: LangfuseAnswer, now: number): Verdict {
  if ("failure" in answer) {
    if (answer.failure === "unsent") return { kind: "unsent", message: answer.detail };
    const cause = answer.failure === "timeout" ? "timeout" : "unreachable";
    return { kind: "later", cause, message: answer.detail };
  }
  const { status } = answer;
  const message = wordsOf(answer);
  if (status >= 200 && status < 300) return classifySuccess(answer, message);
  if (status === 413) return { kind: "too_large", message };
  if (status === 401 || status === 403) return { kind: "keys", status, message };
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfterMs = parseRetryAfter(answer.retryAfter, now);
    return {
      kind: "later",
      cause: status === 429 ? "rate_limited" : "unavailable",
      status,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      message,
    };
  }
  // 0 is what a fetch that hides redirects shows of one.
  const elsewhere = status < 400 || status === 404 || status === 405 || status === 410;
  if (elsewhere || isHtml(answer)) return { kind: "wrong_url", status, message };
  if (status === 400) return { kind: "bad_request", about: aboutOf(message), message };
  return { kind: "unknown", status, message };
}

function classifySuccess(answer: HttpAnswer, message: string): Verdict {
  if (answer.cut) return { kind: "unknown", status: answer.status, message: "answer too long" };
  const body = isHtml(answer) ? undefined : parseObject(answer.bodyText);
  if (body === undefined) return { kind: "wrong_url", status: answer.status, message };
  const rejected = rejectedIn(body);
  if (rejected !== undefined) return rejected;
  const refused = refusalsOf(body);
  if (refused === undefined) return { kind: "unknown", status: answer.status, message };
  return refused.length > 0 ? { kind: "partly", refused } : { kind: "delivered" };
}

type HttpAnswer = Extract<LangfuseAnswer, { status: number }>;

/** OTLP's own way to say that some spans were not taken; a count is an int64, in JSON a number or text. */
function rejectedIn({ partialSuccess }: JsonObject): Verdict | undefined {
  if (!isObject(partialSuccess)) return undefined;
  const { rejectedSpans, errorMessage } = partialSuccess;
  const count = Number(rejectedSpans);
  if (!(count > 0)) return undefined;
  const words = typeof errorMessage === "string" ? errorMessage : "";
  return { kind: "rejected", count, message: words || `${count} span(s) rejected without words` };
}

/** The events of an ingestion answer that were not taken; undefined where it does not say of each which it is. */
function refusalsOf(body: JsonObject): Rejection[] | undefined {
  const errors: unknown[] = Array.isArray(body.errors) ? body.errors : [];
  const refused = errors.flatMap((entry) => {
    if (!isObject(entry)) return [];
    const { id, status } = entry;
    if (typeof id !== "string" || typeof status !== "number") return [];
    const message = messageIn(entry);
    return [{ id, status, message, about: aboutEvent(status, message) }];
  });
  return refused.length === errors.length ? refused : undefined;
}

function aboutEvent(status: number, message: string): Rejection["about"] {
  const final = status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
  if (!final) return "moment";
  return isAboutEveryEvent(message) ? "request" : "record";
}

/** Langfuse's words for an event whose kind it takes no more. */
function isAboutEveryEvent(message: string): boolean {
  const words = message.toLowerCase();
  const at = words.indexOf("event type ");
  // Not one expression for both: a refusal may quote what a stranger wrote, and that would be searched again and again.
  return at >= 0 && words.includes("not accepted", at);
}

function aboutOf(message: string): "request" | "record" | "unsaid" {
  if (ABOUT_REQUEST.test(message)) return "request";
  return ABOUT_RECORD.test(message) ? "record" : "unsaid";
}

/** Seconds or an HTTP date; undefined where it is neither. */
function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

function wordsOf(answer: HttpAnswer): string {
  if (isHtml(answer)) return `status ${answer.status} with a page of HTML`;
  const body = parseObject(answer.bodyText);
  const words = body === undefined ? answer.bodyText.trim() : messageIn(body);
  return words === "" ? `status ${answer.status} without words` : words;
}

/** Langfuse says `message`, `error`, or both; `error` may be a list of issues. */
function messageIn(body: JsonObject): string {
  return [body.message, body.error]
    .filter((part) => part !== undefined && part !== null && part !== "")
    .map((part) => (typeof part === "string" ? part : JSON.stringify(part)))
    .join(": ");
}

function isHtml({ contentType, bodyText }: HttpAnswer): boolean {
  return /html/i.test(contentType) || bodyText.trimStart().startsWith("<");
}

type JsonObject = Record<string, unknown>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null;

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
