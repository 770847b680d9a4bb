export { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
export { BatchSpanProcessor, WebTracerProvider } from "@opentelemetry/sdk-trace-web";
