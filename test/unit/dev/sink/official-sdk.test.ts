// The official SDKs write into the sink over HTTP, as they would into Langfuse.
import { context, propagation, ROOT_CONTEXT, trace as otel } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import {
  propagateAttributes,
  setLangfuseTracerProvider,
  startActiveObservation,
  startObservation,
} from "@langfuse/tracing";
import { Langfuse } from "langfuse";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StandIn } from "../../../../src/dev/sink/stand-in.ts";
import { serve, type Served } from "./serve.ts";
import { KEYS, sinkUnderTest } from "./sink-under-test.ts";

let sink: StandIn;
let served: Served;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(() => context.disable());
beforeEach(async () => {
  const under = sinkUnderTest();
  sink = under.sink;
  served = await serve(under.app);
});
afterEach(async () => served[Symbol.asyncDispose]());

async function withSdk(write: () => Promise<void>): Promise<void> {
  const processor = new LangfuseSpanProcessor({
    ...KEYS,
    baseUrl: `${served.url}/sink`,
    environment: "staging",
  });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  setLangfuseTracerProvider(provider);
  try {
    await write();
    await provider.forceFlush();
  } finally {
    setLangfuseTracerProvider(null);
    await provider.shutdown();
  }
}

describe("@langfuse/otel with @langfuse/tracing", () => {
  it("writes a turn that the sink reads without a finding", async () => {
    await withSdk(async () => {
      await propagateAttributes(
        { sessionId: "chat", userId: "ada", traceName: "Assistant", tags: ["t"] },
        () =>
          startActiveObservation("handle", async (root) => {
            root.update({
              input: { question: "why?" },
              metadata: { plan: "pro", nested: { a: 1 } },
            });
            const generation = startObservation(
              "answer",
              {
                model: "claude",
                completionStartTime: new Date(),
                usageDetails: { input: 3, output: 5 },
              },
              { asType: "generation" },
            );
            generation
              .update({ output: "because 🙂", level: "WARNING", statusMessage: "slow" })
              .end();
            root.update({ output: "because" });
          }),
      );
    });
    expect(await sink.findings()).toEqual([]);
    const [listed] = await sink.traces(10);
    const trace = await sink.trace(listed?.id ?? "");
    expect(trace).toMatchObject({
      name: "Assistant",
      sessionId: "chat",
      userId: "ada",
      tags: ["t"],
      environment: "staging",
    });
    expect(trace?.nodes).toMatchObject([
      {
        depth: 0,
        orphan: false,
        observation: {
          name: "handle",
          type: "span",
          root: true,
          input: '{"question":"why?"}',
          output: "because",
          metadata: { plan: "pro", nested: { a: 1 } },
        },
      },
      {
        depth: 1,
        observation: {
          name: "answer",
          type: "generation",
          root: false,
          model: "claude",
          output: "because 🙂",
          level: "WARNING",
          statusMessage: "slow",
          usage: { input: 3, output: 5 },
          sessionId: "chat",
        },
      },
    ]);
    expect(trace?.timeToFirstTokenMs).toBeTypeOf("number");
  });

  it("makes a second root of a span that joins without `langfuse_trace_id` in its baggage", async () => {
    const remote = {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: 1,
    };
    await withSdk(async () => {
      startObservation(
        "begun here",
        {},
        { parentSpanContext: { ...remote, isRemote: true } },
      ).end();
      startObservation("and here", {}, { parentSpanContext: { ...remote, isRemote: true } }).end();
      const baggage = propagation.createBaggage({ langfuse_trace_id: { value: remote.traceId } });
      const claimed = propagation.setBaggage(otel.setSpanContext(ROOT_CONTEXT, remote), baggage);
      context.with(claimed, () => startObservation("joined well").end());
    });
    const trace = await sink.trace(remote.traceId);
    const seen = trace?.nodes.map(
      ({ observation: { name, root }, orphan }) =>
        `${name}${root ? ", a root" : ""}${orphan ? ", an orphan" : ""}`,
    );
    expect(seen?.sort()).toEqual([
      "and here, a root",
      "begun here, a root",
      "joined well, an orphan",
    ]);
    expect((await sink.findings()).map((found) => found.kind)).toEqual(["second_root"]);
  });
});

describe("the older langfuse client", () => {
  it("loses its traces and keeps its scores", async () => {
    const client = new Langfuse({
      ...KEYS,
      baseUrl: `${served.url}/sink`,
      fetchRetryCount: 0,
    });
    client.on("error", () => {});
    const trace = client.trace({ id: "ui2-1671234567890-abc123", name: "Assistant" });
    trace.span({ name: "s" }).end();
    trace.score({ name: "helpful", value: 1 });
    await client.shutdownAsync();
    const kept = await sink.trace("ui2-1671234567890-abc123");
    expect(kept).toMatchObject({ nodes: [], scores: [{ name: "helpful" }] });
    const findings = await sink.findings();
    expect(findings).toMatchObject([{ kind: "refused" }]);
    expect(findings[0]?.message).toContain("Event type not accepted");
  });
});
