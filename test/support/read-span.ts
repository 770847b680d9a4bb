// An export as Langfuse reads it: every fact of a span that its OTLP endpoint looks at, each by its
// own name, nothing interpreted and no attribute left out. Not read, so not here: `flags`,
// `traceState`, counts of dropped things.
import type { RecordedRequest, WireSpan } from "./recording-langfuse.ts";

/** A fact's name, such as `attribute session.id`, and its value as it is on the wire. */
export type Facts = Readonly<Record<string, unknown>>;

interface Attribute {
  key: string;
  value: { arrayValue?: { values: unknown[] } };
}

interface Export {
  resourceSpans: {
    resource?: { attributes?: Attribute[] };
    scopeSpans: {
      scope?: { name?: string; version?: string; attributes?: Attribute[] };
      spans: (WireSpan & { events?: unknown[]; links?: unknown[] })[];
    }[];
  }[];
}

/** The order of a trace's tags says nothing: Langfuse unites them. */
const SETS: ReadonlySet<string> = new Set(["langfuse.trace.tags"]);

/** The facts of each span in the exports, by its name, and of each request, by its number. */
export function readExports(requests: readonly RecordedRequest[]): Map<string, Facts> {
  const exports = requests.map(({ body }) => body as Export);
  const found = exports.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => ({ resource, scope, span }))),
    ),
  );
  const names = new Map(found.map(({ span }) => [span.spanId, span.name]));
  const read = new Map(requests.map((request, n) => [`request ${n + 1}`, requestFacts(request)]));
  for (const { resource, scope, span } of found) {
    if (read.has(span.name)) throw new Error(`two spans are called ${span.name}`);
    read.set(span.name, {
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      "name of the parent": names.get(span.parentSpanId ?? ""),
      kind: span.kind,
      startTimeUnixNano: span.startTimeUnixNano,
      endTimeUnixNano: span.endTimeUnixNano,
      "status.code": span.status?.code,
      "status.message": span.status?.message,
      events: span.events ?? [],
      links: span.links ?? [],
      ...attributes("attribute", span.attributes),
      ...attributes("resource", resource?.attributes),
      "scope.name": scope?.name,
      "scope.version": scope?.version,
      ...attributes("scope", scope?.attributes),
    });
  }
  return read;
}

function requestFacts({ path, headers }: RecordedRequest): Facts {
  const read = Object.entries(headers).filter(
    ([name]) => /^(authorization|content-type)$/.test(name) || name.startsWith("x-langfuse-"),
  );
  return { path, ...Object.fromEntries(read.map(([name, value]) => [`header ${name}`, value])) };
}

function attributes(kind: string, list: readonly Attribute[] = []): Facts {
  const facts = list.map(({ key, value }): [string, unknown] => [
    `${kind} ${key}`,
    SETS.has(key) ? sorted(value) : value,
  ]);
  if (new Set(facts.map(([name]) => name)).size < list.length) {
    throw new Error(`an attribute twice: ${facts.map(([name]) => name).join(", ")}`);
  }
  return Object.fromEntries(facts);
}

function sorted({ arrayValue }: Attribute["value"]): unknown {
  return arrayValue?.values.map((item) => JSON.stringify(item)).sort();
}
