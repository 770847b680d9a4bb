// The spans of an export, each understood by itself, with the resource and scope that it shares with others. A
// span that is refused costs none beside it. Pure.
import { isObject, type JsonObject } from "../../otlp/json.ts";
import { safeResource, safeScope } from "../../otlp/safe-origin.ts";
import type { KeyValue } from "../../otlp/types.ts";
import { derivedId } from "../../protocol/ids.ts";
import type { Note } from "../../protocol/json/safe.ts";
import { MAX_ORIGIN_LENGTH, MAX_SPANS } from "../../protocol/limits.ts";
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
  const read: ReadSpans = { spans: [], origins: new Map() };
  if (!isObject(payload)) return invalid("", "the body must be a trace export");
  const resourceSpans = listIn(payload, "resourceSpans");
  if (resourceSpans === undefined) return invalid("resourceSpans", "must be a list");
  for (const [r, forResource] of resourceSpans.entries()) {
    const scopeSpans = listIn(forResource, "scopeSpans");
    const path = `resourceSpans[${r}]`;
    if (scopeSpans === undefined) return invalid(`${path}.scopeSpans`, "must be a list");
    for (const [s, forScope] of scopeSpans.entries()) {
      const spans = listIn(forScope, "spans");
      if (spans === undefined) return invalid(`${path}.scopeSpans[${s}].spans`, "must be a list");
      if (read.spans.length + spans.length > MAX_SPANS) {
        const message = `a request may have at most ${MAX_SPANS} spans; send smaller batches`;
        return { refusal: { code: "too_many_actions", message } };
      }
      if (spans.length > 0) readGroup(spans, forResource, forScope, read, context);
    }
  }
  return read;
}

function readGroup(
  spans: readonly unknown[],
  forResource: unknown,
  forScope: unknown,
  read: ReadSpans,
  context: SpanContext,
): void {
  const place = placeOf(forResource, forScope, read.origins, context);
  for (const span of spans) {
    read.spans.push(
      "refusal" in place
        ? { kind: "refused", refusal: place.refusal }
        : interpretSpan(span, place, context),
    );
  }
}

function placeOf(
  forResource: unknown,
  forScope: unknown,
  origins: Map<string, SpanOrigin>,
  context: SpanContext,
): SpanPlace | { refusal: ActionRefusal } {
  const silent: Note = () => {};
  const resource = safeResource(objectOf(forResource), silent);
  const scope = safeScope(objectOf(forScope), silent);
  if (resource === undefined || scope === undefined) {
    const path = `${resource === undefined ? "resource" : "scope"}.attributes`;
    return { refusal: { code: "invalid_data", message: `${path}: must be a list`, path } };
  }
  const origin: SpanOrigin = {
    resource: JSON.stringify(cleanHolder(resource, "resource", context)),
    scope: JSON.stringify(cleanHolder(scope, "scope", context)),
  };
  if (origin.resource.length + origin.scope.length > MAX_ORIGIN_LENGTH) {
    const message = `resource: must be at most ${MAX_ORIGIN_LENGTH} characters, with its scope`;
    return { refusal: { code: "invalid_data", message, path: "resource" } };
  }
  const key = derivedId("origin", origin.resource, origin.scope);
  origins.set(key, origin);
  const { resource: shared } = objectOf(forResource);
  return {
    origin: key,
    namesEnvironment: namesAny(shared, ENVIRONMENT),
    namesRelease: namesAny(shared, RELEASE),
  };
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
  const allowed = sent.filter(({ key }) => !isForbidden(key));
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
