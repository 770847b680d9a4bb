// Spans of recorded trace exports with what they share, in one form: what says nothing (an empty list, a count
// of zero, a kind of number that JSON does not tell apart) is left out, whoever wrote it.
import type { RecordedRequest } from "./recording-langfuse.ts";

export interface ReadSpan {
  span: Record<string, unknown>;
  resource: unknown;
  scope: unknown;
}

type Holder = Record<string, unknown>;
const listIn = (holder: Holder, name: string): Holder[] => (holder[name] ?? []) as Holder[];

/** By span id; an id that comes twice is an error. */
export function readExports(
  requests: readonly Pick<RecordedRequest, "body">[],
): Map<string, ReadSpan> {
  const read = new Map<string, ReadSpan>();
  for (const { body } of requests) {
    for (const { scopeSpans, ...resource } of listIn((body ?? {}) as Holder, "resourceSpans")) {
      for (const { spans, ...scope } of scopeSpans as Holder[]) {
        for (const span of spans as Holder[]) {
          const id = String(span["spanId"]);
          if (read.has(id)) throw new Error(`span ${id} twice`);
          read.set(id, {
            span: plain(span) as Record<string, unknown>,
            resource: plain(resource),
            scope: plain(scope),
          });
        }
      }
    }
  }
  return read;
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
    if (name === "attributes") return saysNothing(item) ? [] : [[name, attributesOf(item)]];
    if (name === "intValue" || name === "doubleValue") return [["number", String(item)]];
    return saysNothing(item) ? [] : [[name, plain(item)]];
  });
  return Object.fromEntries(entries);
}

function attributesOf(list: unknown): Record<string, unknown> {
  const entries = (list as { key: string; value: unknown }[]).map(({ key, value }) => [
    key,
    plain(value),
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

const saysNothing = (value: unknown): boolean =>
  value === 0 ||
  value === "" ||
  value === undefined ||
  (Array.isArray(value) && value.length === 0);
