// The real clients of OpenTelemetry, through the built Worker and beside it: each span that they finish is sent
// both ways, and arrives the same.
import { LangfuseSpanProcessor } from "@langfuse/otel";
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { TURN, writeTurnWithSdk } from "../support/official-sdk-turn.ts";
import { basic, KEYS, keyVars, post } from "../support/post.ts";
import { readExports } from "../support/read-exports.ts";
import { rootsOf } from "../support/read-span-tree.ts";
import {
  attributesOf,
  type RecordingLangfuse,
  recordingLangfuse,
  spansOf,
  type WireSpan,
} from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const SDK = "/api/public/otel/v1/traces";

let direct: RecordingLangfuse;
let langfuse: RecordingLangfuse;
let edge: RunningEdge;
beforeAll(async () => {
  direct = await recordingLangfuse();
  langfuse = await recordingLangfuse();
  edge = await startEdge({ vars: keyVars(langfuse.url) });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(async () => {
  context.disable();
  await edge.stop();
  await langfuse.close();
  await direct.close();
});
afterEach(() => {
  direct.requests.length = 0;
  langfuse.requests.length = 0;
});

const authorized = { authorization: basic() };
const to = (url: string) => ({ url, headers: authorized });

async function traced(
  spanProcessors: SpanProcessor[],
  write: (provider: BasicTracerProvider) => Promise<void> | void,
): Promise<void> {
  const provider = new BasicTracerProvider({ spanProcessors });
  trace.setGlobalTracerProvider(provider);
  try {
    await write(provider);
    await provider.forceFlush();
  } finally {
    trace.disable();
    await provider.shutdown();
  }
}

const received = (): WireSpan[] => langfuse.requests.flatMap(({ body }) => spansOf(body));

/** Waits until as many spans have come through the edge as came beside it, and compares them. */
async function expectSame(count: number): Promise<void> {
  const straight = readExports(direct.requests);
  expect(straight.size).toBe(count);
  const through = await until(() => {
    const read = readExports(langfuse.requests);
    return [...straight.keys()].every((id) => read.has(id)) && read;
  });
  const those = [...through].filter(([id]) => straight.has(id));
  expect(Object.fromEntries(those)).toEqual(Object.fromEntries(straight));
}

describe("@langfuse/otel with @langfuse/tracing", () => {
  const processor = (baseUrl: string): SpanProcessor =>
    new LangfuseSpanProcessor({ ...KEYS, baseUrl, environment: "staging", release: "web@1" });

  it("writes a whole turn through the edge as it does without", async () => {
    await traced([processor(direct.url), processor(edge.url)], () =>
      writeTurnWithSdk(Date.now() - 5_000),
    );
    await expectSame(6);
    const [request] = langfuse.requests;
    expect(request?.headers).toMatchObject({
      authorization: basic(),
      "x-langfuse-ingestion-version": "4",
      "x-langfuse-sdk-name": "langfuse-edge",
    });
    const spans = received();
    expect(rootsOf(spans)).toEqual([TURN.name]);
    for (const span of spans) expect(attributesOf(span)["session.id"]).toBe(TURN.sessionId);
  });

  it("joins what a browser began on actions: one trace, one root", async () => {
    const traceId = "ui2-1671234567890-abc124";
    const tell = async (action: string, data: object): Promise<Record<string, unknown>> =>
      (await post(edge.url, { action, data: { traceId, ...data } })).body;
    await tell("create_trace", { name: "Claude Assistant", sessionId: "chat-1" });
    const call = await tell("create_span", { spanId: "call", name: "frontend-backend-api-call" });
    const [, trace32 = "", spanId = ""] = String(call["traceparent"]).split("-");
    const baggage = propagation.createBaggage({ langfuse_trace_id: { value: trace32 } });
    const remote = { traceId: trace32, spanId, traceFlags: 1, isRemote: true };
    const joined = propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, remote), baggage);
    await traced([processor(edge.url)], (provider) => {
      const tracer = provider.getTracer("langfuse-sdk");
      const attributes = { "session.id": "chat-1", "gen_ai.request.model": "claude" };
      tracer.startSpan("backend-assistant", { attributes }, joined).end();
    });
    await tell("end_span", { spanId: "call" });
    await tell("end_trace", { output: "done" });
    const spans = await until(() => received().length >= 3 && received());
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([trace32]));
    expect(rootsOf(spans)).toEqual(["Claude Assistant"]);
    const backend = spans.find(({ name }) => name === "backend-assistant");
    expect(backend?.parentSpanId).toBe(spanId);
  });
});

describe("OpenTelemetry's exporters", () => {
  const batched = (exporter: SpanExporter): SpanProcessor => new BatchSpanProcessor(exporter);

  it.each(["protobuf", "JSON"])("by %s: all that a span can carry arrives", async (encoding) => {
    const Exporter = encoding === "JSON" ? JsonExporter : ProtobufExporter;
    const through = new Exporter({ ...to(edge.url + SDK), ...(encoding === "JSON" && GZIP) });
    const straight = new JsonExporter(to(direct.url + SDK));
    await traced([batched(straight), batched(through)], writeEverything);
    await expectSame(3);
  });

  it("by its own path, below the edge's address", async () => {
    await traced([batched(new ProtobufExporter(to(`${edge.url}/v1/traces`)))], writeEverything);
    await until(() => readExports(langfuse.requests).size === 3);
  });

  it("whose answer was lost sends again, and nothing arrives twice", async () => {
    const body = JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId: "0af7651916cd43dd8448eb211c80319c",
                  spanId: "b7ad6b7169203331",
                  name: "once",
                  kind: 1,
                  startTimeUnixNano: `${Date.now()}000000`,
                  endTimeUnixNano: `${Date.now()}000000`,
                },
              ],
            },
          ],
        },
      ],
    });
    const headers = { ...authorized, "content-type": "application/json" };
    const send = () => fetch(edge.url + SDK, { method: "POST", headers, body });
    expect((await send()).status).toBe(200);
    await until(() => received().length === 1);
    expect((await send()).status).toBe(200);
    // A span after it, so that there is something to wait for.
    await traced([batched(new ProtobufExporter(to(edge.url + SDK)))], writeEverything);
    await until(() => received().length >= 4);
    expect(received().filter(({ name }) => name === "once")).toHaveLength(1);
  });
});

const GZIP = { compression: "gzip" as never };

/** Attributes of every kind, events, links, a status, a trace state, and a parent from elsewhere. */
function writeEverything(provider: BasicTracerProvider): void {
  const tracer = provider.getTracer("shop-tracer", "1.2.3", { schemaUrl: "https://shop/schema" });
  const remote = {
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: "00f067aa0ba902b7",
    traceFlags: 1,
    isRemote: true,
  };
  const parent = tracer.startSpan(
    "checkout",
    {
      kind: SpanKind.SERVER,
      attributes: {
        text: "Où est le fromage? 🧀",
        flag: true,
        whole: 42,
        fraction: 1.5,
        texts: ["a", "b"],
        numbers: [1, 2.5],
        "gen_ai.request.model": "claude",
        "langfuse.observation.input": '{"q":"why?"}',
      },
      links: [{ context: { ...remote, spanId: "00f067aa0ba902b8" }, attributes: { why: "retry" } }],
    },
    trace.setSpanContext(ROOT_CONTEXT, remote),
  );
  parent.addEvent("cart", { items: 3 });
  parent.recordException(new Error("no cheese"));
  parent.setStatus({ code: SpanStatusCode.ERROR, message: "no cheese" });
  const inside = trace.setSpan(ROOT_CONTEXT, parent);
  tracer.startSpan("pay", { kind: SpanKind.CLIENT }, inside).end();
  // Another scope in the same request.
  provider.getTracer("langfuse-sdk", "5").startSpan("think", {}, inside).end();
  parent.end();
}
