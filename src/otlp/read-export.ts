// The spans of a trace export in OTLP's JSON form, or all that is wrong with its shape. Only what the
// official SDKs write is right: the reader decides what becomes of the rest. Pure.
import { attributeProblem } from "./attributes.ts";
import { isObject, type JsonObject } from "./json.ts";

/** A span as it came, with what its siblings share: the resource's attributes and the scope. */
export interface SentSpan {
  traceId: string;
  spanId: string;
  span: JsonObject;
  resource: unknown;
  scope: string;
  scopeAttributes: unknown;
}

export interface ReadExport {
  spans: SentSpan[];
  /** Spans of any shape. */
  total: number;
  /** Spans with something wrong. */
  invalid: number;
  /** Fields around spans with something wrong. */
  malformed: number;
  /** What is wrong, as `field:reason`, each once. */
  reasons: string[];
}

/** Nanoseconds since 1970 as a decimal text: they fit no JSON number. */
export const isNanos = (value: unknown): value is string =>
  typeof value === "string" && /^\d{1,20}$/.test(value);

const isId = (value: unknown): value is string => typeof value === "string" && value !== "";
const isKind = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;

/** An absent list is an empty one; null is none. */
function listProblem(name: string, list: unknown): string | undefined {
  if (list === undefined) return undefined;
  if (!Array.isArray(list)) return `${name}:not_an_array`;
  const problem = name.endsWith("attributes") ? attributeProblem(list) : undefined;
  return problem && `${name}:${problem}`;
}

function eventProblems(events: unknown): (string | undefined)[] {
  if (!Array.isArray(events)) return [];
  return (events as unknown[]).map((event) =>
    isObject(event) ? listProblem("event.attributes", event["attributes"]) : "event:not_an_object",
  );
}

function problemsOf(span: JsonObject): string[] {
  const { status } = span;
  const wrong = (name: string, right: boolean, reason: string): string | undefined =>
    right ? undefined : `${name}:${reason}`;
  const optional = (name: string, is: (value: unknown) => boolean, reason: string) =>
    wrong(name, span[name] === undefined || is(span[name]), reason);
  const id = (name: string): string | undefined => {
    if (span[name] === undefined || span[name] === "") return `${name}:absent`;
    return wrong(name, isId(span[name]), "not_an_id");
  };
  const found = [
    id("traceId"),
    id("spanId"),
    optional("parentSpanId", isId, "not_an_id"),
    optional("name", (value) => typeof value === "string", "not_text"),
    optional("kind", isKind, "not_a_kind"),
    wrong("startTimeUnixNano", isNanos(span["startTimeUnixNano"]), "not_nanoseconds"),
    optional("endTimeUnixNano", isNanos, "not_nanoseconds"),
    optional("status", isObject, "not_an_object"),
    isObject(status) && status["code"] !== undefined
      ? wrong("status.code", isKind(status["code"]), "not_a_code")
      : undefined,
    listProblem("attributes", span["attributes"]),
    listProblem("events", span["events"]),
    ...eventProblems(span["events"]),
  ];
  return found.filter((problem) => problem !== undefined);
}

/** Reads an export; each span with an id of a trace and of its own is among `spans`. */
export function readExport(payload: unknown): ReadExport {
  const read: ReadExport = { spans: [], total: 0, invalid: 0, malformed: 0, reasons: [] };
  const reasons = new Set<string>();
  const malformed = (problem: string | undefined): void => {
    if (problem === undefined) return;
    read.malformed += 1;
    reasons.add(problem);
  };
  const attributesIn = (holder: unknown, name: string): unknown => {
    const attributes = isObject(holder) ? holder["attributes"] : undefined;
    malformed(listProblem(`${name}.attributes`, attributes));
    return attributes ?? [];
  };
  const listIn = (holder: unknown, name: string): readonly unknown[] => {
    const list = isObject(holder) ? holder[name] : undefined;
    if (Array.isArray(list)) return list;
    malformed(`${name}:not_an_array`);
    return [];
  };

  for (const resourceSpans of listIn(payload, "resourceSpans")) {
    const resource = attributesIn(isObject(resourceSpans) && resourceSpans["resource"], "resource");
    for (const scopeSpans of listIn(resourceSpans, "scopeSpans")) {
      const given = isObject(scopeSpans) ? scopeSpans["scope"] : undefined;
      const scopeAttributes = attributesIn(given, "scope");
      const named = isObject(given) ? given["name"] : undefined;
      const scope = typeof named === "string" ? named : "";
      for (const span of listIn(scopeSpans, "spans")) {
        read.total += 1;
        const problems = isObject(span) ? problemsOf(span) : ["span:not_an_object"];
        if (problems.length > 0) read.invalid += 1;
        for (const problem of problems) reasons.add(problem);
        if (!isObject(span)) continue;
        const { traceId, spanId } = span;
        if (!isId(traceId) || !isId(spanId)) continue;
        read.spans.push({ traceId, spanId, span, resource, scope, scopeAttributes });
      }
    }
  }
  return { ...read, reasons: [...reasons] };
}
