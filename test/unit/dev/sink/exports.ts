// OTLP exports for the sink's tests, in as few words as they allow.
import type { SinkRequest } from "../../../../src/dev/sink/inspect/inspect.ts";

export const TRACE = "0af7651916cd43dd8448eb211c80319c";
export const OTHER_TRACE = "1bf7651916cd43dd8448eb211c80319c";
export const ROOT = "aaaaaaaaaaaaaaaa";
export const CHILD = "bbbbbbbbbbbbbbbb";

/** 2026-11-22T12:00:00Z. */
export const START_MS = Date.UTC(2026, 10, 22, 12);
export const nanos = (ms: number): string => `${BigInt(Math.round(ms * 1000)) * 1000n}`;

type Attributes = Readonly<Record<string, unknown>>;

/** Values as they are tagged on the wire: strings and lists of strings; objects stand for themselves. */
export function attributes(values: Attributes): unknown[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value:
      typeof value === "string"
        ? { stringValue: value }
        : typeof value === "boolean"
          ? { boolValue: value }
          : Array.isArray(value)
            ? { arrayValue: { values: value.map((text: unknown) => ({ stringValue: text })) } }
            : value,
  }));
}

export function span(
  fields: Readonly<Record<string, unknown>> = {},
  values: Attributes = {},
): object {
  return {
    traceId: TRACE,
    spanId: ROOT,
    name: "a span",
    kind: 1,
    startTimeUnixNano: nanos(START_MS),
    endTimeUnixNano: nanos(START_MS + 100),
    attributes: attributes(values),
    status: {},
    ...fields,
  };
}

export const exportOf = (...spans: unknown[]): object => ({
  resourceSpans: [
    {
      resource: { attributes: [] },
      scopeSpans: [{ scope: { name: "langfuse-sdk-edge", version: "0.1.0" }, spans }],
    },
  ],
});

/** An export that nothing is wrong with. */
export const good = exportOf(span());

export const bytesOf = (body: unknown): Uint8Array =>
  new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));

export function otlpRequest(body: unknown, more: Partial<SinkRequest> = {}): SinkRequest {
  return {
    api: "otlp",
    access: "full",
    contentType: "application/json",
    ingestionVersion: "4",
    body: bytesOf(body),
    ...more,
  };
}

export function batchRequest(events: unknown, more: Partial<SinkRequest> = {}): SinkRequest {
  const { ingestionVersion: _none, ...request } = otlpRequest({ batch: events });
  return { ...request, api: "ingestion", ...more };
}

export const scoreEvent = (body: object): object => ({
  id: "event-1",
  timestamp: "2026-11-22T12:00:00.000Z",
  type: "score-create",
  body,
});
