// Named limits, each with its reason. What an operator may change is a setting (settings.ts).

/** Most bytes of a request body. A chat turn with its whole history fits; memory stays bounded. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Most actions in a request: the client library sends far fewer; bounds the work of one request. */
export const MAX_ACTIONS = 1000;
/** Most spans in a trace export: an OpenTelemetry Collector sends 8,192 unless it is told otherwise. */
export const MAX_SPANS = 10_000;
/**
 * Most bytes of a server's trace export, inflated: 512 spans, as SDKs batch them, of 16 KB. Twice as much would be
 * more than large bodies may hold of an isolate at once (body-budget.ts).
 */
export const MAX_EXPORT_BYTES = 8 * 1024 * 1024;
/** Most of an export that goes to an object in one call, in UTF-16 units, beside one span: a call takes 32 MiB. */
export const MAX_CALL_LENGTH = 4 * 1024 * 1024;
/** Langfuse's own limit on the paths of its older API. */
export const MAX_LEGACY_BODY_BYTES = 4.5 * 1024 * 1024;
/** Most events in a batch of Langfuse's older API: a full body of such as clients write holds fewer. */
export const MAX_LEGACY_EVENTS = 10_000;
/** Longest span as JSON text, in UTF-16 units: as a record it must pass one call, like an observation. */
export const MAX_SPAN_LENGTH = 6 * 1024 * 1024;
/** Longest resource and scope of spans, in UTF-16 units: they are kept beside them. */
export const MAX_ORIGIN_LENGTH = 64 * 1024;
/** Longest resources and scopes of a request's spans together, each pair counted once: every object that is called gets those of its spans. */
export const MAX_ORIGINS_LENGTH = 2 * 1024 * 1024;
/** Most ordering keys (objects) that a request may touch: bounds the calls that one request costs. */
export const MAX_KEYS = 8;
/** Actions that a session takes from pages in a minute: a chat turn has about twenty. */
export const SESSION_ACTIONS_PER_MINUTE = 6_000;
/** … and their bytes: several turns with their whole histories. */
export const SESSION_BYTES_PER_MINUTE = 32 * 1024 * 1024;
/** Most observations and scores of a session that are not complete: all of them are loaded at a cold start. */
export const MAX_OPEN_OBSERVATIONS = 20_000;
/** Most traces of a session that are open or wait to be sealed. */
export const MAX_OPEN_TRACES = 5_000;
/** Longest id of a client, in UTF-16 units: Langfuse's own ids are at most 200. */
export const MAX_ID_LENGTH = 200;
/** Longest token: identity providers' are 1 to 4 KB; bounds what is read before anybody is known. */
export const MAX_TOKEN_LENGTH = 8192;
/** Dead letters are kept so long: somebody who looks once a week finds them twice. */
export const DEFAULT_DEAD_LETTER_DAYS = 14;
/** Longest that they may be kept. */
export const MAX_DEAD_LETTER_DAYS = 365;
/** Longest life of a session token: what is stolen is soon useless. */
export const MAX_TOKEN_SECONDS = 24 * 3600;
/** Life of a session token that asks for none. */
export const DEFAULT_TOKEN_SECONDS = 600;
/** The clock of a server that signs session tokens may be off by this. */
export const TOKEN_CLOCK_TOLERANCE_SECONDS = 30;
/** Longest name. */
export const MAX_NAME_LENGTH = 1000;
/** Most metadata keys on one observation: each becomes an attribute. */
export const MAX_METADATA_KEYS = 200;
/** Longest key of metadata, usage or cost: it names an attribute, and stands on every span of a trace. */
export const MAX_KEY_LENGTH = 200;
/** Longest tag, release and version: written on every span of a trace. */
export const MAX_LABEL_LENGTH = 200;
/** Most tags on a trace. */
export const MAX_TAGS = 100;
/** Deepest nesting of a value: what reads it (ours and Langfuse's) recurses. */
export const MAX_DEPTH = 64;
/** Deepest nesting of a body: deeper than any value that is kept, and nothing to a parser. */
export const MAX_BODY_DEPTH = 512;
/** Times before this are mistakes (epoch seconds, an unset clock): 2000-01-01. */
export const EARLIEST_TIME_MS = 946_684_800_000;
/** Times further than this ahead of the edge's clock are mistakes. */
export const LATEST_TIME_AHEAD_MS = 7 * 24 * 3_600_000;
/** Longest trace-wide metadata value on every span, the SDKs' own limit; longer ones go on the root only. */
export const MAX_PROPAGATED_LENGTH = 200;
/** Keys and values of a trace's metadata on every span, in all, and as much of its tags: a small request must not become a large trace. */
export const MAX_PROPAGATED_SIZE = 8_000;
