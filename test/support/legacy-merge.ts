// What a Langfuse of before v4 makes of the events of its ingestion API, by its own worker's rules: the judge of what
// arrives through the edge. It shares no code with the edge but the published ids.
import {
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
} from "../../src/protocol/ids.ts";
import { attributesOf, type WireSpan } from "./recording-langfuse.ts";

export interface SentEvent {
  id: string;
  type: string;
  timestamp: string;
  body: Record<string, unknown>;
}

/** The facts of an observation, or of a trace as the root that it becomes; what is absent is left out. */
export type MergedFacts = Record<string, unknown>;

const UPDATE = /-update$/;
const FIRST = new Set(["startTime", "timestamp", "traceId", "environment"]);

/** By Langfuse's ids, `trace/observation`. */
export function mergedFacts(events: readonly SentEvent[]): Map<string, MergedFacts> {
  const all = new Map<string, MergedFacts>();
  const traces = groups(events.filter(({ type }) => type === "trace-create"));
  for (const [id, group] of traces) {
    const trace = langfuseTraceId(id);
    const merged = merge(group);
    all.set(`${trace}/${rootObservationId(trace)}`, {
      ...factsOf(merged, "SPAN"),
      ...wideOf(merged),
      startTime: momentOf(merged["timestamp"] ?? group[0]?.timestamp),
    });
  }
  const others = events.filter(
    ({ type }) => !["trace-create", "score-create", "sdk-log"].includes(type),
  );
  for (const group of groups(others).values()) {
    const merged = merge(group);
    const raw = String(merged["traceId"]);
    const trace = langfuseTraceId(raw);
    const wide = wideOf(merge(traces.get(raw) ?? []));
    const parent = merged["parentObservationId"];
    const create = group.find(({ type }) => !UPDATE.test(type)) ?? group[0];
    const type = create?.type.replace("-create", "").toUpperCase() ?? "";
    all.set(`${trace}/${langfuseObservationId(trace, String(merged["id"]))}`, {
      ...wide,
      ...factsOf(merged, type),
      startTime: momentOf(merged["startTime"] ?? create?.timestamp),
      ...(type !== "EVENT" && { endTime: momentOf(merged["endTime"]) }),
      parent:
        typeof parent === "string"
          ? langfuseObservationId(trace, parent)
          : rootObservationId(trace),
    });
  }
  return new Map([...all].map(([id, facts]) => [id, present(facts)]));
}

function groups(events: readonly SentEvent[]): Map<string, SentEvent[]> {
  const found = new Map<string, SentEvent[]>();
  for (const event of events) {
    const id = String(event.body["id"]);
    found.set(id, [...(found.get(id) ?? []), event]);
  }
  for (const group of found.values()) group.sort(inOrder);
  return found;
}

/** Creates before updates, then by time. */
function inOrder(a: SentEvent, b: SentEvent): number {
  const rank = Number(UPDATE.test(a.type)) - Number(UPDATE.test(b.type));
  return rank || Date.parse(a.timestamp) - Date.parse(b.timestamp);
}

function merge(group: readonly SentEvent[]): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const { body } of group) {
    for (const [field, value] of Object.entries(body)) {
      const before = merged[field];
      if (value === null || value === undefined) continue;
      if (FIRST.has(field) && before !== undefined) continue;
      if ((field === "input" || field === "output") && !value) continue;
      if (field === "metadata") merged[field] = deeply(before, value);
      else if (field === "tags")
        merged[field] = [...((before as string[]) ?? []), ...(value as string[])];
      else merged[field] = value;
    }
  }
  return merged;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function deeply(below: unknown, above: unknown): unknown {
  if (!isObject(below) || !isObject(above)) return above;
  const keys = new Set([...Object.keys(below), ...Object.keys(above)]);
  return Object.fromEntries(
    Array.from(keys, (key) => [key, key in above ? deeply(below[key], above[key]) : below[key]]),
  );
}

const text = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);

const momentOf = (value: unknown): number | undefined =>
  typeof value === "string" ? Date.parse(value) : undefined;

function factsOf(merged: Record<string, unknown>, type: string): MergedFacts {
  const metadata = merged["metadata"];
  const pairs = isObject(metadata) ? Object.entries(metadata) : [];
  return {
    type: type.toLowerCase(),
    name: merged["name"],
    input: text(merged["input"]),
    output: text(merged["output"]),
    level: merged["level"],
    statusMessage: merged["statusMessage"],
    model: merged["model"],
    modelParameters: text(merged["modelParameters"]),
    completionStartTime: momentOf(merged["completionStartTime"]),
    promptName: merged["promptName"],
    promptVersion: merged["promptVersion"],
    ...Object.fromEntries(pairs.map(([key, value]) => [`metadata.${key}`, text(value)])),
    ...(merged["version"] !== undefined && { version: merged["version"] }),
  };
}

/** What Langfuse shows of a trace on each of its observations. */
function wideOf(merged: Record<string, unknown>): MergedFacts {
  const { name, sessionId, userId, tags, release, version, environment } = merged;
  return present({
    "trace.name": name,
    sessionId,
    userId,
    tags: tags === undefined ? undefined : [...new Set(tags as string[])].sort(),
    release,
    version,
    environment,
    "trace.public": merged["public"],
  });
}

function present(facts: MergedFacts): MergedFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

const ATTRIBUTES: Readonly<Record<string, string>> = {
  "langfuse.observation.type": "type",
  "langfuse.observation.input": "input",
  "langfuse.observation.output": "output",
  "langfuse.observation.level": "level",
  "langfuse.observation.status_message": "statusMessage",
  "langfuse.observation.model.name": "model",
  "langfuse.observation.model.parameters": "modelParameters",
  "langfuse.observation.prompt.name": "promptName",
  "langfuse.observation.prompt.version": "promptVersion",
  "langfuse.trace.name": "trace.name",
  "langfuse.trace.public": "trace.public",
  "session.id": "sessionId",
  "user.id": "userId",
  "langfuse.release": "release",
  "langfuse.version": "version",
  "langfuse.environment": "environment",
};
const METADATA = "langfuse.observation.metadata.";

/** The same facts of what arrived. The ends of traces, usage and the edge's own metadata are told apart by tests. */
export function arrivedFacts(spans: readonly WireSpan[]): Map<string, MergedFacts> {
  return new Map(
    spans.map((span) => {
      const facts: MergedFacts = { name: span.name, startTime: msOf(span.startTimeUnixNano) };
      for (const [key, value] of Object.entries(attributesOf(span))) {
        const fact = ATTRIBUTES[key];
        if (fact !== undefined) facts[fact] = value;
        if (key.startsWith(METADATA) && !key.startsWith(`${METADATA}langfuse_edge_`)) {
          facts[`metadata.${key.slice(METADATA.length)}`] = value;
        }
        if (key === "langfuse.trace.tags") facts["tags"] = listOf(value);
        if (key === "langfuse.observation.completion_start_time") {
          facts["completionStartTime"] = Date.parse(JSON.parse(String(value)) as string);
        }
      }
      if (span.parentSpanId !== undefined) {
        facts["parent"] = span.parentSpanId;
        if (facts["type"] !== "event") facts["endTime"] = msOf(span.endTimeUnixNano);
      }
      return [`${span.traceId}/${span.spanId}`, facts];
    }),
  );
}

const msOf = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000_000n);

function listOf(value: unknown): string[] {
  const { values } = value as { values: { stringValue: string }[] };
  return values.map(({ stringValue }) => stringValue).sort();
}
