// The official SDK as a Node program sets it up: `@langfuse/otel` exports over OTLP, and
// OpenTelemetry carries context within the process and, as W3C headers, across it.
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { KEYS } from "./post.ts";

export interface OfficialSdk {
  /** Resolves when everything that has ended is exported. */
  flush: () => Promise<void>;
  stop: () => Promise<void>;
}

export interface OfficialSdkOptions {
  baseUrl: string;
  environment?: string;
  release?: string;
}

/** It sets OpenTelemetry's globals, so one at a time in a process. */
export function officialSdk(options: OfficialSdkOptions): OfficialSdk {
  const processor = new LangfuseSpanProcessor({ ...KEYS, ...options });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    }),
  );
  return {
    flush: () => processor.forceFlush(),
    stop: async () => {
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
