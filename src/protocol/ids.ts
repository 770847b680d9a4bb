// Ids of clients become ids of Langfuse. Pure and published: a backend can compute the same
// ids by itself (docs/backends.md#ids). Nothing here reads a clock or makes a random number.
import { createHash } from "node:crypto";

/** `derived` (the default) makes W3C ids; `verbatim` sends trace ids as the client wrote them. */
export type TraceIdFormat = "derived" | "verbatim";

const TRACE_HEX = /^[0-9a-f]{32}$/i;
const SPAN_HEX = /^[0-9a-f]{16}$/i;
const ZEROS = /^0+$/;
/** An owner's tag (below) at the end. */
const OWNED_ID = /\.[0-9a-f]{16}$/;
/** With a dot and 16 digits behind it 200. */
const SHORTENED_LENGTH = 183;

/** As many as objects that one request may call. */
export const LANES = 8;

/** The actions of a request speak of the same few things, and those of a page's requests too. */
const MAX_KNOWN = 1024;
/** UTF-16 units. Ids are short; what is longer is content, which must not outlive its request. */
const MAX_KNOWN_LENGTH = 256;
const known = new Map<string, string>();

/** Hexadecimal. To look one up takes a tenth of the time of hashing. */
function sha256(text: string): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  const hash = createHash("sha256").update(text, "utf8").digest("hex");
  if (text.length > MAX_KNOWN_LENGTH) return hash;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, hash);
  return hash;
}

/**
 * The trace's id in Langfuse: 32 hex digits stay (lower-cased, not all zero), anything else becomes
 * the first 32 hex digits of its SHA-256, as the official SDKs' `createTraceId(seed)` does.
 */
export function langfuseTraceId(id: string, format: TraceIdFormat = "derived"): string {
  if (format === "verbatim") return id;
  if (TRACE_HEX.test(id) && !ZEROS.test(id)) return id.toLowerCase();
  return sha256(id).slice(0, 32);
}

/** The observation's id in Langfuse: 16 hex digits stay, else SHA-256 of `{langfuse trace id}/{id}`. */
export function langfuseObservationId(langfuseTrace: string, id: string): string {
  if (SPAN_HEX.test(id) && !ZEROS.test(id)) return id.toLowerCase();
  return sha256(`${langfuseTrace}/${id}`).slice(0, 16);
}

/** The id of the root observation that a trace becomes. */
export function rootObservationId(langfuseTrace: string): string {
  return sha256(`${langfuseTrace}/root`).slice(0, 16);
}

/**
 * The id of a legacy client's trace record where it is not the root: the trace was begun by a page, or by
 * actions. Two slashes, so that it is no observation's that a client would name.
 */
export function traceRecordId(langfuseTrace: string): string {
  return sha256(`${langfuseTrace}//trace`).slice(0, 16);
}

/** Whether a page began the trace of this id: in the form of pages' ids, or with an owner's tag. */
export function isPageTraceId(id: string): boolean {
  return id.startsWith("ui2-") || OWNED_ID.test(id);
}

/** A stable id out of what identifies something; 32 hex digits. The parts are kept apart. */
export function derivedId(...parts: string[]): string {
  return sha256(parts.map((part) => `${part.length}:${part}`).join("")).slice(0, 32);
}

/** A W3C `traceparent` for what a backend should hang its spans under; none for verbatim trace ids. */
export function traceparent(langfuseTrace: string, observation: string): string | undefined {
  // Verbatim ids that are no W3C ids (upper case is none) have no traceparent.
  return /^[0-9a-f]{32}$/.test(langfuseTrace) && !ZEROS.test(langfuseTrace)
    ? `00-${langfuseTrace}-${observation}-01`
    : undefined;
}

/**
 * Whose namespace a token opens: its user's, else its session's. The kinds are told apart by a prefix,
 * so that a session named like a user, or like `server`, never meets it.
 */
export function ownerOf(
  who: { userId: string } | { userId?: undefined; sessionId: string },
): string {
  return who.userId === undefined ? `session:${who.sessionId}` : `user:${who.userId}`;
}

/**
 * The suffix of the ids of an owner's traces and scores. 64 bits: a caller who may choose a name must not find
 * one whose tag is another's.
 */
export function ownerTag(publicKey: string, owner: string): string {
  return sha256(`${publicKey}\n${owner}`).slice(0, 16);
}

/** An id in its owner's namespace: what does not end in the owner's tag gets it. */
export function ownedId(id: string, tag: string | undefined): string {
  return tag === undefined || id.endsWith(`.${tag}`) ? id : `${id}.${tag}`;
}

/**
 * A session's or user's id that is longer than Langfuse's 200 UTF-16 units: its first 183, a dot, and
 * the first 16 hex digits of its SHA-256 (of UTF-8). A character that would be halved is left out.
 */
export function shortenedId(id: string): string {
  const beginning = id.slice(0, SHORTENED_LENGTH);
  const whole = beginning.isWellFormed() ? beginning : beginning.slice(0, -1);
  return `${whole}.${sha256(id).slice(0, 16)}`;
}

/** The parts of an object's name. Owners never share an object. */
export interface OrderingKey {
  /** Public key of the Langfuse project. */
  project: string;
  /** `server`, `anonymous`, or who a token speaks for (`ownerOf`). */
  owner: string;
  kind: "session" | "trace" | "lane";
  /** The session id, or the Langfuse id of a trace (its two spellings meet in one object), or a lane's number. */
  value: string;
}

/**
 * The lane that a server's trace of Langfuse's older API goes to, so that a batch of many traces is a call of few
 * objects. A constant: another number of lanes would part what is under way.
 */
export function laneOf(langfuseTrace: string): string {
  return String(Number.parseInt(derivedId("lane", langfuseTrace).slice(0, 4), 16) % LANES);
}

/** The name of the Durable Object of an ordering key: a hash, so nobody reaches one by naming it. */
export function objectName(key: OrderingKey): string {
  return derivedId(key.project, key.owner, key.kind, key.value);
}
