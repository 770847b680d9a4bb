// The body of a request as a JSON value. Never more than the limit is held in memory, whatever length
// the headers declare and however far the body inflates.
import { gunzipSync } from "node:zlib";
import { MAX_BODY_DEPTH } from "../protocol/limits.ts";
import { isDeeperThan } from "../protocol/json/json-depth.ts";
import type { RequestBody, Unread } from "./request-body.ts";
import { quoteLongIntegers } from "../protocol/json/long-integers.ts";
import type { RequestRefusal } from "./request-refusal.ts";

const MEDIA_TYPES: readonly string[] = ["application/json", "text/plain"];

const tooLarge = (maxBytes: number): RequestRefusal => ({
  code: "body_too_large",
  message: `the body may have at most ${maxBytes} bytes`,
});
/** Nothing is wrong with the body: a moment later there is room. */
const OVERLOADED: RequestRefusal = {
  code: "overloaded",
  message: "too many large bodies at once; send it again",
  headers: { "retry-after": "1" },
};
const TOO_SLOW: RequestRefusal = {
  code: "overloaded",
  message: "the body took too long to arrive; send it again",
  headers: { "retry-after": "1" },
};
const TOO_DEEP: RequestRefusal = {
  code: "too_deep",
  message: `the body may nest at most ${MAX_BODY_DEPTH} deep`,
};

/** The refusal that the headers alone call for, before the body is read. */
export function refuseBody(
  headers: Headers,
  maxBytes: number,
  types: readonly string[] = MEDIA_TYPES,
): RequestRefusal | undefined {
  if (Number(headers.get("content-length") ?? 0) > maxBytes) return tooLarge(maxBytes);
  const type = mediaTypeOf(headers);
  if (type !== "" && !types.includes(type)) {
    return {
      code: "unsupported_media_type",
      message: `the content type must be ${types.join(" or ")}`,
    };
  }
  if (encodingOf(headers) === undefined) {
    return { code: "unsupported_media_type", message: "the content encoding must be gzip or none" };
  }
  return undefined;
}

export function unreadRefusal(why: Unread, maxBytes: number): RequestRefusal {
  if (why === "too_large") return tooLarge(maxBytes);
  return why === "no_room" ? OVERLOADED : TOO_SLOW;
}

export type ReadBody =
  /** `longIntegers`: whole numbers that JavaScript can't hold, and that became text. */
  { value: unknown; longIntegers: ReadonlySet<string> } | { refusal: RequestRefusal };

/** `body`: a line of it may have been taken already. */
export async function readBody(
  headers: Headers,
  body: RequestBody,
  maxBytes: number,
): Promise<ReadBody> {
  const read = await readBytes(headers, body, maxBytes).catch(() => NO_JSON);
  return "refusal" in read ? read : parseJson(read.bytes);
}

/** The body's bytes, inflated. Rejects where it breaks off, or is no gzip. */
export async function readBytes(
  headers: Headers,
  body: RequestBody,
  maxBytes: number,
): Promise<{ bytes: Uint8Array } | { refusal: RequestRefusal }> {
  const sent = await body.rest(maxBytes);
  if (typeof sent === "string") return { refusal: unreadRefusal(sent, maxBytes) };
  const bytes = encodingOf(headers) === "gzip" ? inflate(sent, maxBytes) : sent;
  if (bytes === undefined) return { refusal: tooLarge(maxBytes) };
  if (bytes !== sent && !body.replace(bytes.byteLength)) return { refusal: OVERLOADED };
  return { bytes };
}

/** The parser's own words would quote the payload. */
const NO_JSON: { refusal: RequestRefusal } = {
  refusal: { code: "invalid_json", message: "the body must be JSON in UTF-8" },
};

export function parseJson(bytes: Uint8Array): ReadBody {
  try {
    if (isDeeperThan(bytes, MAX_BODY_DEPTH)) return { refusal: TOO_DEEP };
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    const exact = quoteLongIntegers(text);
    return { value: JSON.parse(exact.text) as unknown, longIntegers: exact.found };
  } catch {
    return NO_JSON;
  }
}

/**
 * Undefined where it inflates too far. Not a DecompressionStream: how much of a small chunk it
 * inflates before the bytes can be counted is up to the runtime.
 */
function inflate(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A beacon can't set headers: its text may begin with a line that holds a token. */
export function isBeacon(headers: Headers): boolean {
  return (
    mediaTypeOf(headers) === "text/plain" &&
    encodingOf(headers) === "none" &&
    !headers.has("authorization")
  );
}

export function mediaTypeOf(headers: Headers): string {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
}

function encodingOf(headers: Headers): "gzip" | "none" | undefined {
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  if (encoding === "gzip" || encoding === "x-gzip") return "gzip";
  return encoding === "" || encoding === "identity" ? "none" : undefined;
}
