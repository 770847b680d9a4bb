// One span of an export becomes one that a session keeps, or a refusal with a name. Pure: no I/O, no clock; the
// same span always gives the same record. Attributes of the writer stay as they are: the edge fills in what its
// caller's token and its own settings say, and only where nothing is said.
import { isObject } from "../../otlp/json.ts";
import { nanosToMs, safeSpan } from "../../otlp/safe-span.ts";
import type { Span } from "../../otlp/types.ts";
import { langfuseObservationId, langfuseTraceId } from "../../protocol/ids.ts";
import type { Note } from "../../protocol/json/safe.ts";
import { MAX_SPAN_LENGTH } from "../../protocol/limits.ts";
import type { ActionRefusal } from "../../protocol/refusals.ts";
import type { CompleteSpan } from "../../protocol/session/append-calls.ts";
import { RefusalError } from "../fields/refusal-error.ts";
import { readOwnerId } from "../fields/read-values.ts";
import { ownId, ownSession, ownUser } from "../interpret/bound.ts";
import type { InterpretContext } from "../interpret/context.ts";
import { collectNotes } from "../interpret/notes.ts";
import { cleanSpan } from "./clean-attributes.ts";
import { SpanAttributes } from "./span-attributes.ts";
import { addCost } from "./span-cost.ts";
import { withoutWeight } from "./without-weight.ts";

export interface SpanContext extends InterpretContext {
  /** The edge's own release, for spans that name none. */
  release?: string;
}

/** The part of an export that the span stands in. */
export interface SpanPlace {
  origin: string;
  /** Its resource names these: the edge's own stay off. */
  namesEnvironment: boolean;
  namesRelease: boolean;
}

export type InterpretedSpan =
  | { kind: "span"; span: CompleteSpan; session?: string }
  | { kind: "refused"; refusal: ActionRefusal };

const OWN = "langfuse.observation.metadata.langfuse_edge_";
const SESSION = ["langfuse.session.id", "session.id"] as const;
const USER = ["langfuse.user.id", "user.id"] as const;
export const ENVIRONMENT = [
  "langfuse.environment",
  "deployment.environment.name",
  "deployment.environment",
];
export const RELEASE = ["langfuse.release"];

export function interpretSpan(
  raw: unknown,
  place: SpanPlace,
  context: SpanContext,
): InterpretedSpan {
  const { privacy } = context;
  const { note: addNote, masked: note, taken } = collectNotes(privacy);
  try {
    const safe = safeSpan(raw, context.now, note);
    if ("fault" in safe) return { kind: "refused", refusal: safe.fault };
    const ids = idsOf(safe, context);
    const clean = privacy === undefined ? safe : cleanSpan(safe, privacy, addNote);
    const attributes = new SpanAttributes(withoutWeight(clean.attributes, note));
    const session = ownText(attributes, SESSION, "sessionId", note, (id) =>
      ownSession(id, context),
    );
    ownText(attributes, USER, "userId", note, (id) => ownUser(id, context));
    if (context.bound?.fromPage === true && attributes.delete("langfuse.trace.public")) {
      note("public: only a server makes a trace public, left out");
    }
    fillIn(attributes, ENVIRONMENT, context.environment, place.namesEnvironment);
    fillIn(attributes, RELEASE, context.release, place.namesRelease);
    addCost(attributes, context.modelPrices);
    tell(attributes, safe, ids, taken());
    return recordOf({ ...clean, ...ids, attributes: attributes.list() }, place, session);
  } catch (error) {
    if (error instanceof RefusalError) return { kind: "refused", refusal: error.refusal };
    throw error;
  }
}

interface Ids {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

/** By the rules for actions: W3C ids stay, in lower case. */
function idsOf(span: Span, context: SpanContext): Ids {
  const traceId = langfuseTraceId(ownId(span.traceId, "traceId", context), context.traceIdFormat);
  const spanId = langfuseObservationId(traceId, span.spanId);
  const { parentSpanId } = span;
  if (parentSpanId === undefined) return { traceId, spanId };
  const parent = langfuseObservationId(traceId, parentSpanId);
  if (parent === spanId) {
    const message = "parentSpanId: a span can't be its own parent";
    throw new RefusalError("invalid_data", message, "parentSpanId");
  }
  return { traceId, spanId, parentSpanId: parent };
}

/** The session or user that the span names, or the token does; under the first name that is given. */
function ownText(
  attributes: SpanAttributes,
  names: readonly [string, string],
  field: string,
  note: Note,
  own: (id: string | undefined) => string | undefined,
): string | undefined {
  let first: string | undefined;
  const ofToken = own(undefined);
  for (const name of names) {
    const given = attributes.text(name);
    if (given === undefined) {
      // Langfuse makes text of a number, and reads one name before the other.
      const isForeign = ofToken !== undefined && attributes.delete(name);
      if (isForeign) note(`${name}: is no text, the token's stands`);
      continue;
    }
    const id = readOwnerId(given, field, note);
    const owned = own(id);
    if (owned !== undefined && owned !== given) attributes.set(name, owned);
    first ??= owned;
  }
  if (first !== undefined) return first;
  if (ofToken !== undefined) attributes.set(names[1], ofToken);
  return ofToken;
}

function fillIn(
  attributes: SpanAttributes,
  names: readonly string[],
  value: string | undefined,
  isNamed: boolean,
): void {
  const [name] = names;
  if (value === undefined || name === undefined || isNamed) return;
  if (!names.some((one) => attributes.has(one))) attributes.set(name, value);
}

/** What the edge changed, in the observation's metadata, as with actions. The writer's own keys win. */
function tell(
  attributes: SpanAttributes,
  sent: Span,
  ids: Ids,
  notes: readonly string[] | undefined,
): void {
  const told: [string, string | undefined][] = [
    ["trace_id", isAsSent(ids.traceId, sent.traceId) ? undefined : sent.traceId],
    ["observation_id", isAsSent(ids.spanId, sent.spanId) ? undefined : sent.spanId],
    ["notes", notes && JSON.stringify(notes)],
  ];
  for (const [name, text] of told) {
    const key = OWN + name;
    if (text !== undefined && !attributes.has(key)) attributes.set(key, text);
  }
}

const isAsSent = (id: string, sent: string): boolean => id === sent || id === sent.toLowerCase();

function recordOf(span: Span, { origin }: SpanPlace, session: string | undefined): InterpretedSpan {
  const text = JSON.stringify(span);
  if (text.length > MAX_SPAN_LENGTH) {
    const message = `span: must be at most ${MAX_SPAN_LENGTH} characters as JSON`;
    return { kind: "refused", refusal: { code: "invalid_data", message, path: "span" } };
  }
  const { traceId, spanId, parentSpanId, name, startTimeUnixNano } = span;
  return {
    kind: "span",
    span: {
      traceId,
      id: spanId,
      ...(parentSpanId !== undefined && { parentId: parentSpanId }),
      name,
      startTime: nanosToMs(startTimeUnixNano),
      span: text,
      origin,
    },
    ...(session !== undefined && { session }),
  };
}

/** Whether a list of attributes, as it was sent, names one of these. */
export function namesAny(holder: unknown, names: readonly string[]): boolean {
  const list = isObject(holder) ? holder["attributes"] : undefined;
  if (!Array.isArray(list)) return false;
  return (list as unknown[]).some((entry) => {
    const key = isObject(entry) ? entry["key"] : undefined;
    return typeof key === "string" && names.includes(key);
  });
}
