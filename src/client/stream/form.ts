// The form of an answer, from its content type and its first characters: content types are often
// missing or wrong where a backend passes on what it was told.

export type Form = "lines" | "json" | "text" | "bytes";

/** Enough to tell, whatever comes first. */
const MAX_START_LENGTH = 1e4;
/** Lines that may come before the first data of an event stream. */
const BEFORE_DATA = /^((event|id|retry)?:[^\r\n]*[\r\n]+)*/;
/** A beginning that may still become one of those lines, data, or a line of a data stream. */
const OPEN = /^([\da-k]:?|d?a?t?a?:? ?|(e?v?e?n?t?|i?d?|r?e?t?r?y?)(:.*)?)$/;
/** The answer of a provider, and not a text that happens to be JSON. */
const PROVIDERS_JSON = /^\{\s*"(model|choices|candidates|error)"/;

/** The form; undefined while it can't be told yet. */
export function formOf(
  start: string,
  contentType: string,
  isEventStream: boolean,
  isAll: boolean,
): Form | undefined {
  const head = start.trimStart();
  const isPlain = /^text\/(?!event-)/.test(contentType) && !isEventStream;
  const more = isAll || start.length > MAX_START_LENGTH ? "text" : undefined;
  if (/^(audio|image|video)/.test(contentType)) return "bytes";
  if (/^[[{]/.test(head) || (head.startsWith('"') && /json/.test(contentType))) {
    if (!isPlain || PROVIDERS_JSON.test(head)) return "json";
    return head.length > 20 ? "text" : more;
  }
  if (head && (isEventStream || /event-/.test(contentType))) return "lines";
  const rest = head.replace(BEFORE_DATA, "");
  const isData = isPlain && rest === head ? /^(data: ?|[\da-k]:)["[{]/ : /^(data: ?|[\da-k]:)\S/;
  if (isData.test(rest)) return "lines";
  return OPEN.test(rest) ? more : "text";
}
