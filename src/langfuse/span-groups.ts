// Spans of many exporters in one request: each stands below its own resource and scope, and each of these stands
// once, in the order in which they come first. Pure.
import { Buffer } from "node:buffer";
import type { SpanOrigin } from "../protocol/record.ts";

interface OriginatedSpan {
  text: string;
  origin: SpanOrigin;
}

/** The `ResourceSpans` of these spans, with commas between. */
export function spanGroups(spans: readonly OriginatedSpan[]): string {
  const resources = new Map<string, Map<string, string[]>>();
  for (const { text, origin } of spans) {
    const scopes = entryOf(resources, origin.resource, () => new Map<string, string[]>());
    entryOf(scopes, origin.scope, (): string[] => []).push(text);
  }
  const texts = Array.from(resources, ([resource, scopes]) => {
    const scopeSpans = Array.from(scopes, ([scope, those]) => withList(scope, "spans", those));
    return withList(resource, "scopeSpans", scopeSpans);
  });
  return texts.join(",");
}

/** Size of what one origin adds around its spans, at most. */
export function originBytes(origin: SpanOrigin): number {
  return Buffer.byteLength(spanGroups([{ text: "", origin }])) + 1;
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

/** The JSON text of an object with one more member, a list of these texts. */
function withList(object: string, name: string, items: readonly string[]): string {
  const members = object.slice(1, -1);
  return `{${members}${members === "" ? "" : ","}"${name}":[${items.join(",")}]}`;
}
