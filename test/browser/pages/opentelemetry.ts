// A page that OpenTelemetry's web SDK traces, with its own exporter by OTLP/HTTP in JSON.
import { context, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { BatchSpanProcessor, WebTracerProvider } from "@opentelemetry/sdk-trace-web";

interface ExportSetup {
  url: string;
  authorization: string;
  session: string;
}

const setup = JSON.parse(decodeURIComponent(location.search.slice(1))) as ExportSetup;
const exporter = new OTLPTraceExporter({
  url: setup.url,
  headers: { authorization: setup.authorization, "x-langfuse-ingestion-version": "4" },
});
const provider = new WebTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
const tracer = provider.getTracer("shop-page", "2.0");

/** A click with a request in it; the id of its trace. */
async function write(): Promise<string> {
  const attributes = { "session.id": setup.session, "langfuse.observation.input": "where?" };
  const click = tracer.startSpan("click", { attributes }, ROOT_CONTEXT);
  const inside = trace.setSpan(context.active(), click);
  const call = tracer.startSpan("fetch", { attributes: { "session.id": setup.session } }, inside);
  call.addEvent("first byte", { bytes: 64 });
  call.setStatus({ code: SpanStatusCode.ERROR, message: "cut off" });
  call.end();
  click.end();
  await provider.forceFlush();
  return click.spanContext().traceId;
}

Object.assign(globalThis, { write });
