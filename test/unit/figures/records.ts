// Records of chat turns, as a session seals them, and as OpenTelemetry clients finish them.
import type { ObservationRecord, ScoreRecord, SpanRecord } from "../../../src/protocol/record.ts";

export const AT = Date.UTC(2026, 10, 28, 12, 0, 30);
export const TRACE = "b2da82a90f74a406596bb57639b0bd19";

let ordinals = 0;

export function observation(
  fields: Partial<Omit<ObservationRecord, "metadata" | "trace">> & {
    metadata?: Record<string, string>;
    wide?: Record<string, string>;
    trace?: ObservationRecord["trace"];
  } = {},
): ObservationRecord {
  ordinals += 1;
  const { metadata = {}, wide, trace, ...rest } = fields;
  return {
    kind: "observation",
    ordinal: ordinals,
    actions: 2,
    size: 900,
    traceId: TRACE,
    id: String(ordinals).padStart(16, "0"),
    type: "span",
    name: "step",
    startTime: AT,
    endTime: AT + 1000,
    fields: {},
    ...rest,
    metadata: Object.entries(metadata),
    trace: {
      name: "Claude Assistant",
      sessionId: "chat-1",
      userId: "ann@example.com",
      release: "web-7",
      environment: "production",
      ...trace,
      ...(wide && { metadata: Object.entries(wide) }),
    },
  };
}

/** The records of a whole turn of the browser library. */
export function turnRecords(): (ObservationRecord | ScoreRecord)[] {
  const wide = {
    source: "frontend-click",
    experiment_tone: "friendly",
    experiment_layout: "b",
    langfuse_edge_country: "DE",
  };
  return [
    observation({
      root: true,
      name: "Claude Assistant",
      endTime: AT + 3000,
      wide,
      metadata: {
        source: "frontend-click",
        outcome: "completed",
        latencies: JSON.stringify({
          trace_created: 0.4,
          pre_api_flush: 15.4,
          post_api_flush_success: 22.1,
          frontend_processing: 15,
          proxy_flush: 6.7,
          network: 219.3,
          time_to_first_token: 410,
          streaming: 2200,
        }),
      },
    }),
    observation({ name: "frontend-ui-processing", endTime: AT + 15, wide }),
    observation({ name: "frontend-backend-api-call", endTime: AT + 3000, wide }),
    observation({
      type: "generation",
      name: "streaming-response",
      startTime: AT + 20,
      endTime: AT + 2600,
      fields: {
        model: "claude-sonnet-5",
        usageDetails: '{"input":1200,"input_cached_tokens":300,"output":420,"total":1920}',
        costDetails: '{"input":0.003,"output":0.006}',
        completionStartTime: AT + 430,
      },
      metadata: { chunksPerSecond: "24.5", outcome: "completed" },
      wide,
    }),
    observation({ type: "tool", name: "search", endTime: AT + 340, wide }),
    observation({
      type: "tool",
      name: "search",
      startTime: AT + 10,
      endTime: AT + 50,
      fields: { level: "ERROR", statusMessage: "HTTP 503 after 1,204 ms" },
      wide,
    }),
    score({ name: "user-feedback", value: 1 }),
  ];
}

export function score(
  body: Record<string, unknown>,
  fields: Partial<ScoreRecord> = {},
): ScoreRecord {
  ordinals += 1;
  return {
    kind: "score",
    ordinal: ordinals,
    actions: 1,
    size: 200,
    id: `score-${ordinals}`,
    body: JSON.stringify({ id: `score-${ordinals}`, traceId: TRACE, ...body }),
    timestamp: AT + 60_000,
    ...fields,
  };
}

type AttributeValue = string | number | boolean;

export function span(
  attributes: Record<string, AttributeValue>,
  fields: {
    parentId?: string;
    name?: string;
    status?: object;
    events?: object[];
    ms?: number;
  } = {},
): SpanRecord {
  ordinals += 1;
  const { parentId, name = "answer", status = { code: 0 }, events, ms = 1500 } = fields;
  const tagged = (value: AttributeValue): object =>
    typeof value === "string"
      ? { stringValue: value }
      : typeof value === "boolean"
        ? { boolValue: value }
        : { intValue: value };
  return {
    kind: "observation",
    ordinal: -ordinals,
    actions: 1,
    size: 500,
    traceId: TRACE,
    id: String(ordinals).padStart(16, "0"),
    ...(parentId !== undefined && { parentId }),
    name,
    startTime: AT,
    origin: "origin",
    span: JSON.stringify({
      traceId: TRACE,
      spanId: String(ordinals).padStart(16, "0"),
      ...(parentId !== undefined && { parentSpanId: parentId }),
      name,
      kind: 1,
      startTimeUnixNano: `${AT}000000`,
      endTimeUnixNano: `${AT + ms}000000`,
      attributes: Object.entries(attributes).map(([key, one]) => ({ key, value: tagged(one) })),
      status,
      ...(events && { events }),
    }),
  };
}
