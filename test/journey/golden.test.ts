// The same chat turn, written with the official SDK and through the edge: what arrives at Langfuse
// differs in the named things below and in nothing else.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningEdge, startEdge } from "../support/edge-process.ts";
import { MOMENTS, TURN, writeTurnWithSdk } from "../support/official-sdk-turn.ts";
import { officialSdk } from "../support/official-sdk.ts";
import { keyVars, post } from "../support/post.ts";
import { type Difference, differences } from "../support/read-span-differences.ts";
import { readExports } from "../support/read-span.ts";
import { type RecordingLangfuse, recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const text = (value: string) => ({ stringValue: value });
const isText = (value: unknown, pattern: RegExp): boolean =>
  typeof value === "string" && pattern.test(value);

interface Named {
  name: string;
  covers: (difference: Difference) => boolean;
}

const NAMED: Named[] = [
  {
    name: "ids: the SDK's are random, the edge's are derived from the client's",
    covers: ({ fact, sdk, edge }) =>
      (fact === "traceId" && isText(sdk, /^[0-9a-f]{32}$/) && isText(edge, /^[0-9a-f]{32}$/)) ||
      (/^(spanId|parentSpanId)$/.test(fact) &&
        isText(sdk, /^[0-9a-f]{16}$/) &&
        isText(edge, /^[0-9a-f]{16}$/)),
  },
  {
    name: "the kept original ids",
    covers: ({ fact, sdk }) =>
      /^attribute langfuse\.observation\.metadata\.langfuse_edge_(trace|observation)_id$/.test(
        fact,
      ) && sdk === undefined,
  },
  {
    name: "the trace's tokens and cost",
    covers: ({ fact, sdk }) =>
      /^attribute langfuse\.observation\.metadata\.total(Tokens|Cost)$/.test(fact) &&
      sdk === undefined,
  },
  {
    name: "source, where the client says none",
    covers: ({ fact, sdk, edge }) =>
      fact === "attribute langfuse.observation.metadata.source" &&
      sdk === undefined &&
      JSON.stringify(edge) === JSON.stringify(text("frontend-proxy")),
  },
  {
    name: "a trace's metadata where the observation has another value: Langfuse would hide that",
    covers: ({ fact, sdk, edge }) =>
      fact === "attribute langfuse.trace.metadata.source" &&
      JSON.stringify(sdk) === JSON.stringify(text("frontend-click")) &&
      edge === undefined,
  },
  {
    name: "public on an event: the SDK ends an event as it makes it, and can mark it no more",
    covers: ({ of, fact, sdk, edge }) =>
      of === TURN.event.name &&
      fact === "attribute langfuse.trace.public" &&
      sdk === undefined &&
      JSON.stringify(edge) === JSON.stringify({ boolValue: true }),
  },
  {
    name: "scope: another sender, also a Langfuse SDK by its name",
    covers: ({ fact, edge }) =>
      (fact === "scope.name" && isText(edge, /^langfuse-sdk-/)) || fact === "scope.version",
  },
  {
    name: "resource: whose process it is",
    covers: ({ fact }) => /^resource (service\.name|telemetry\.sdk\.\w+)$/.test(fact),
  },
  {
    name: "headers: who sends, and that it is to be shown at once",
    covers: ({ of, fact, sdk, edge }) =>
      of === "request 1" &&
      (/^header x-langfuse-sdk-(name|version)$/.test(fact) ||
        (fact === "header x-langfuse-ingestion-version" && sdk === undefined && edge === "4")),
  },
];

let official: RecordingLangfuse;
let langfuse: RecordingLangfuse;
let edge: RunningEdge;
beforeAll(async () => {
  official = await recordingLangfuse();
  langfuse = await recordingLangfuse();
  edge = await startEdge({ vars: keyVars(langfuse.url) });
});
afterAll(async () => {
  await edge.stop();
  await langfuse.close();
  await official.close();
});

it("arrives as the official SDK writes it, apart from a short list", async () => {
  const beganAt = Date.now() - MOMENTS.end;
  const sdk = officialSdk({
    baseUrl: official.url,
    environment: TURN.environment,
    release: TURN.release,
  });
  await writeTurnWithSdk(beganAt);
  await sdk.stop();
  await writeTurnThroughEdge(beganAt);
  await until(() => langfuse.spans().length >= 6);

  const [bySdk, byEdge] = [readExports(official.requests), readExports(langfuse.requests)];
  expect([...bySdk.keys()].toSorted()).toEqual(
    [
      "request 1",
      TURN.name,
      TURN.ui.name,
      TURN.call.name,
      TURN.search.name,
      TURN.generation.name,
      TURN.event.name,
    ].toSorted(),
  );
  const found = differences(bySdk, byEdge);
  expect(found.filter((one) => !NAMED.some(({ covers }) => covers(one)))).toEqual([]);
  const stale = NAMED.filter(({ covers }) => !found.some(covers)).map(({ name }) => name);
  expect(stale).toEqual([]);
});

/** In pieces, as a browser tells it: some things late, some in two parts. */
async function writeTurnThroughEdge(beganAt: number): Promise<void> {
  const at = (moment: keyof typeof MOMENTS): string =>
    new Date(beganAt + MOMENTS[moment]).toISOString();
  const { ui, call, search, generation, event, sessionId } = TURN;
  const { name, userId, tags, version, release, environment, input, output, metadata } = TURN;
  const { latencies, ...early } = metadata;
  const { source, chunks, model, modelParameters, ...streamed } = generation;
  const traceId = "ui2-1671234567890-golden";
  const actions = [
    [
      "create_trace",
      { name, sessionId, input, metadata: early, environment, timestamp: at("begin") },
    ],
    [
      "create_span",
      {
        spanId: "ui",
        name: ui.name,
        input: ui.input,
        metadata: ui.metadata,
        startTime: at("uiStart"),
      },
    ],
    [
      "end_span",
      { spanId: "ui", level: ui.level, statusMessage: ui.statusMessage, endTime: at("uiEnd") },
    ],
    [
      "create_span",
      { spanId: "call", name: call.name, metadata: call.metadata, startTime: at("callStart") },
    ],
    [
      "create_observation",
      {
        ...search,
        observationId: "search",
        type: "retriever",
        parentObservationId: "call",
        startTime: at("searchStart"),
        endTime: at("searchEnd"),
      },
    ],
    [
      "create_generation",
      {
        generationId: "stream",
        name: generation.name,
        model,
        modelParameters,
        input: generation.input,
        startTime: at("generationStart"),
      },
    ],
    [
      "create_event",
      {
        ...event,
        eventId: "first",
        parentObservationId: "stream",
        startTime: at("firstChunk"),
      },
    ],
    ["update_trace", { userId, tags, version, release, public: true }],
    [
      "update_generation",
      { generationId: "stream", completionStartTime: at("firstChunk"), metadata: { source } },
    ],
    [
      "end_generation",
      { ...streamed, generationId: "stream", metadata: { chunks }, endTime: at("generationEnd") },
    ],
    [
      "end_span",
      {
        spanId: "call",
        level: call.level,
        statusMessage: call.statusMessage,
        endTime: at("callEnd"),
      },
    ],
    ["end_trace", { output, metadata: { latencies }, endTime: at("end") }],
  ] as const;
  const sent = actions.map(([action, data]) => ({ action, data: { traceId, ...data } }));
  for (const part of [sent.slice(0, 5), sent.slice(5)]) {
    const { status, body } = await post(edge.url, { sessionId, actions: part });
    expect({ status, body }).toMatchObject({ status: 200, body: { success: true } });
  }
}
