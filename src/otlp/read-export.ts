// The shape of a trace export: which spans are in it, and what makes Langfuse refuse it whole.
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
  /** In Langfuse's words, which a sender may go by. */
  refusal?: string;
}

const isId = (value: unknown): value is string => typeof value === "string" && value !== "";
const isAbsent = (value: unknown): boolean => value === undefined || value === null;
const isNoList = (value: unknown): boolean => !isAbsent(value) && !Array.isArray(value);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What is wrong with a span, as `field:reason`. */
function problemsOf(span: JsonObject): string[] {
  const problems: string[] = [];
  for (const name of ["traceId", "spanId"]) {
    if (isAbsent(span[name]) || span[name] === "") problems.push(`${name}:absent`);
    else if (!isId(span[name])) problems.push(`${name}:not_an_id`);
  }
  const parent = span["parentSpanId"];
  if (!isAbsent(parent) && typeof parent !== "string") problems.push("parentSpanId:not_an_id");
  for (const name of ["attributes", "events"]) {
    if (isNoList(span[name])) problems.push(`${name}:not_an_array`);
  }
  for (const event of listOf(span["events"])) {
    if (isObject(event) && isNoList(event["attributes"])) {
      problems.push("event.attributes:not_an_array");
    }
  }
  return problems;
}

/** Reads an export. One bad span is enough for Langfuse to refuse the good ones beside it. */
export function readExport(payload: unknown): ReadExport {
  const spans: SentSpan[] = [];
  const reasons = new Set<string>();
  let total = 0;
  let invalid = 0;
  let malformed = 0;
  const attributesIn = (holder: unknown, name: string): unknown => {
    const attributes = isObject(holder) ? holder["attributes"] : undefined;
    if (!isNoList(attributes)) return attributes ?? [];
    malformed += 1;
    reasons.add(`${name}.attributes:not_an_array`);
    return [];
  };
  const objectsIn = (holder: unknown, name: string): JsonObject[] => {
    const list = isObject(holder) ? holder[name] : undefined;
    const objects = listOf(list).filter(isObject);
    if (isNoList(list) || objects.length < listOf(list).length) {
      malformed += 1;
      reasons.add(`${name}:not_an_array`);
    }
    return objects;
  };

  for (const resourceSpans of objectsIn(payload, "resourceSpans")) {
    const resource = attributesIn(resourceSpans["resource"], "resource");
    for (const scopeSpans of objectsIn(resourceSpans, "scopeSpans")) {
      const scopeAttributes = attributesIn(scopeSpans["scope"], "scope");
      const named = isObject(scopeSpans["scope"]) ? scopeSpans["scope"]["name"] : "";
      const scope = typeof named === "string" ? named : "";
      for (const span of objectsIn(scopeSpans, "spans")) {
        total += 1;
        const problems = problemsOf(span);
        if (problems.length > 0) invalid += 1;
        for (const problem of problems) reasons.add(problem);
        const { traceId, spanId } = span;
        if (!isId(traceId) || !isId(spanId)) continue;
        spans.push({ traceId, spanId, span, resource, scope, scopeAttributes });
      }
    }
  }
  if (invalid === 0 && malformed === 0) return { spans };
  const problems = [
    invalid > 0 && `${invalid} of ${total} span(s) cannot be processed`,
    malformed > 0 && `${malformed} resource- or scope-level field(s) are present but not arrays`,
  ].filter((problem) => problem !== false);
  return {
    spans: [],
    refusal: `Invalid OTLP trace export: ${problems.join("; ")} (${[...reasons].join(", ")}). The entire export was rejected and no spans were ingested.`,
  };
}
