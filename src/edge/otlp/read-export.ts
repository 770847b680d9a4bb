// The spans of an export, each understood by itself, with the resource and scope that it shares with others. A
// span that is refused costs none beside it. Pure.
import { isObject, type JsonObject } from "../../otlp/json.ts";
import { safeResource, safeScope } from "../../otlp/safe-origin.ts";
import type { KeyValue } from "../../otlp/types.ts";
import { derivedId } from "../../protocol/ids.ts";
import type { Note } from "../../protocol/json/safe.ts";
import { MAX_ORIGIN_LENGTH, MAX_ORIGINS_LENGTH, MAX_SPANS } from "../../protocol/limits.ts";
import type { SpanOrigin } from "../../protocol/record.ts";
import type { ActionRefusal } from "../../protocol/refusals.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { cleanAttributes } from "./clean-attributes.ts";
import {
  ENVIRONMENT,
  type InterpretedSpan,
  interpretSpan,
  namesAny,
  RELEASE,
  type SpanContext,
  type SpanPlace,
} from "./interpret-span.ts";
import { withoutWeight } from "./without-weight.ts";

export interface ReadSpans {
  /** One for each span, in the order sent. */
  spans: InterpretedSpan[];
  /** By their keys. */
  origins: Map<string, SpanOrigin>;
}

/** @param payload an `ExportTraceServiceRequest` in OTLP's JSON form, as yet unknown */
export function readSpans(
  payload: unknown,
  context: SpanContext,
): ReadSpans | { refusal: RequestRefusal } {
  const read: Reading = { spans: [], origins: new Map(), originsLength: 0 };
  if (!isObject(payload)) return invalid("", "the body must be a trace export");
  const resourceSpans = listIn(payload, "resourceSpans");
  if (resourceSpans === undefined) return invalid("resourceSpans", "must be a list");
  for (const [r, forResource] of resourceSpans.entries()) {
    const scopeSpans = listIn(forResource, "scopeSpans");
    const path = `resourceSpans[${r}]`;
    if (scopeSpans === undefined) return invalid(`${path}.scopeSpans`, "must be a list");
    // Once, however many scopes there are.
    const resource = scopeSpans.length > 0 ? resourceOf(forResource, context) : MALFORMED;
    for (const [s, forScope] of scopeSpans.entries()) {
      const spans = listIn(forScope, "spans");
      if (spans === undefined) return invalid(`${path}.scopeSpans[${s}].spans`, "must be a list");
      if (read.spans.length + spans.length > MAX_SPANS) {
        const message = `a request may have at most ${MAX_SPANS} spans; send smaller batches`;
        return { refusal: { code: "too_many_actions", message } };
      }
      if (spans.length > 0) readGroup(spans, resource, forScope, read, context);
    }
  }
  return { spans: read.spans, origins: read.origins };
}

interface Reading extends ReadSpans {
  /** Of all origins, in UTF-16 units. */
  originsLength: number;
}

/** A resource that is ready to be kept, as text, with a short name for it. */
interface SharedResource extends Omit<SpanPlace, "origin"> {
  text: string;
  key: string;
}
type Refused = { refusal: ActionRefusal };

function readGroup(
  spans: readonly unknown[],
  resource: SharedResource | Refused,
  forScope: unknown,
  read: Reading,
  context: SpanContext,
): void {
  const place = "refusal" in resource ? resource : placeOf(resource, forScope, read, context);
  for (const span of spans) {
    read.spans.push(
      "refusal" in place
        ? { kind: "refused", refusal: place.refusal }
        : interpretSpan(span, place, context),
    );
  }
}

const malformed = (path: string): Refused => ({
  refusal: { code: "invalid_data", message: `${path}: must be a list`, path },
});
const MALFORMED = malformed("resource.attributes");
const TOO_LONG: Refused = {
  refusal: {
    code: "invalid_data",
    message: `resource: must be at most ${MAX_ORIGIN_LENGTH} characters, with its scope`,
    path: "resource",
  },
};
const TOO_MANY: Refused = {
  refusal: {
    code: "invalid_data",
    message:
      `resource: those of a request may be at most ${MAX_ORIGINS_LENGTH} characters, ` +
      "each counted with each of its scopes; send smaller batches",
    path: "resource",
  },
};
const silent: Note = () => {};

function resourceOf(forResource: unknown, context: SpanContext): SharedResource | Refused {
  const holder = objectOf(forResource);
  const resource = safeResource(holder, silent);
  if (resource === undefined) return MALFORMED;
  const text = JSON.stringify(cleanHolder(resource, "resource", context));
  if (text.length > MAX_ORIGIN_LENGTH) return TOO_LONG;
  const { resource: shared } = holder;
  return {
    text,
    key: derivedId("resource", text),
    namesEnvironment: namesAny(shared, ENVIRONMENT),
    namesRelease: namesAny(shared, RELEASE),
  };
}

function placeOf(
  { text: resource, key: resourceKey, ...named }: SharedResource,
  forScope: unknown,
  read: Reading,
  context: SpanContext,
): SpanPlace | Refused {
  const safe = safeScope(objectOf(forScope), silent);
  if (safe === undefined) return malformed("scope.attributes");
  const scope = JSON.stringify(cleanHolder(safe, "scope", context));
  const length = resource.length + scope.length;
  if (length > MAX_ORIGIN_LENGTH) return TOO_LONG;
  const key = derivedId("origin", resourceKey, scope);
  if (!read.origins.has(key)) {
    if (read.originsLength + length > MAX_ORIGINS_LENGTH) return TOO_MANY;
    read.originsLength += length;
    read.origins.set(key, { resource, scope });
  }
  return { origin: key, ...named };
}

/** Attributes that a caller could speak for another with; on a span they are judged, here nobody needs them. */
const IDENTITY: ReadonlySet<string> = new Set([
  "langfuse.session.id",
  "session.id",
  "langfuse.user.id",
  "user.id",
]);
const PUBLIC = "langfuse.trace.public";

function cleanHolder<Name extends "resource" | "scope">(
  holder: { [N in Name]?: { attributes?: KeyValue[] } },
  name: Name,
  { privacy, bound }: SpanContext,
): object {
  const held = holder[name];
  if (held?.attributes === undefined) return holder;
  const { attributes: sent, ...rest } = held;
  const isForbidden = (key: string): boolean =>
    bound?.fromPage === true && (key === PUBLIC || (bound.tag !== undefined && IDENTITY.has(key)));
  const allowed = withoutWeight(sent, silent).filter(({ key }) => !isForbidden(key));
  const attributes = privacy === undefined ? allowed : cleanAttributes(allowed, privacy, () => {});
  return { ...holder, [name]: { ...rest, ...(attributes.length > 0 && { attributes }) } };
}

const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** An absent list is empty; undefined where it is none. */
function listIn(holder: unknown, name: string): readonly unknown[] | undefined {
  if (!isObject(holder)) return undefined;
  const list = holder[name] ?? [];
  return Array.isArray(list) ? (list as unknown[]) : undefined;
}

function invalid(path: string, message: string): { refusal: RequestRefusal } {
  const words = path === "" ? message : `${path}: ${message}`;
  return {
    refusal: { code: "invalid_request", message: words, issues: [{ path, message }] },
  };
}
