// One chat turn with everything in it that a browser can say, written with the official SDK.
import {
  type LangfuseSpan,
  propagateAttributes,
  startActiveObservation,
  startObservation,
} from "@langfuse/tracing";

/** What both writers of the turn say, in the SDK's terms. */
export const TURN = {
  name: "Claude Assistant",
  sessionId: "session-7",
  userId: "ada@example.com",
  tags: ["web", "beta", "answers"],
  version: "2.3.0",
  release: "web@1.4.2",
  environment: "staging",
  input: { message: "Où est le fromage? 🧀", attachments: [{ id: 7, kind: "note" }] },
  output: "In the cellar.",
  metadata: {
    assistantId: "asst_123456",
    messageLength: 21,
    source: "frontend-click",
    latencies: { trace_created: 1.2, pre_api_flush: 15.4 },
    // Longer than what the SDK writes on every span: it stays with the root.
    emissaryConfig: { name: "Claude Assistant", instruction: "Answer dryly. ".repeat(20) },
  },
  ui: {
    name: "frontend-ui-processing",
    input: { draft: true },
    metadata: { steps: ["validate", "render"] },
    level: "WARNING",
    statusMessage: "slow to render",
  },
  call: {
    name: "frontend-backend-api-call",
    metadata: { url: "/api/chat", attempt: 1 },
    level: "ERROR",
    statusMessage: "stream closed after 2 chunks",
  },
  search: {
    name: "search-notes",
    input: "cellar",
    output: ["note 3", { page: 4 }],
    level: "DEBUG",
  },
  generation: {
    name: "streaming-response",
    version: "prompted-2",
    model: "claude-sonnet",
    modelParameters: { temperature: 0.2, maxTokens: 1000, tone: "dry" },
    usageDetails: { input: 3, output: 7, input_cached_tokens: 2, total: 12 },
    costDetails: { input: 0.000_009, output: 0.000_105, total: 0.000_114 },
    promptName: "chat/cellar",
    promptVersion: 3,
    input: [{ role: "user", content: "Où est le fromage? 🧀" }],
    output: { role: "assistant", content: "In the cellar." },
    source: "stream-reader",
    chunks: 20,
  },
  event: { name: "first-chunk", input: { bytes: 64 }, metadata: { chunk: 1 } },
} as const;

/** When each thing of the turn happens, from its beginning, ms. */
export const MOMENTS = {
  begin: 0,
  uiStart: 1,
  uiEnd: 12,
  callStart: 15,
  searchStart: 16,
  searchEnd: 90,
  generationStart: 20,
  firstChunk: 234,
  generationEnd: 2800,
  callEnd: 2810,
  end: 2815,
} as const;

/** Spans still have to be flushed. */
export async function writeTurnWithSdk(beganAt: number): Promise<void> {
  const at = (moment: keyof typeof MOMENTS): Date => new Date(beganAt + MOMENTS[moment]);
  const { name, sessionId, userId, version, input, output, metadata, generation } = TURN;
  const wide = { traceName: name, sessionId, userId, version, tags: [...TURN.tags] };
  // The SDK takes only text here; the values of the observation's own metadata it makes text itself.
  const texts = Object.entries(metadata).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const propagated = { ...wide, metadata: Object.fromEntries(texts) as Record<string, string> };

  const say = async (root: LangfuseSpan): Promise<void> => {
    root.update({ input, metadata }).setTraceAsPublic();

    const { name: uiName, level, statusMessage, ...ui } = TURN.ui;
    const uiSpan = startObservation(uiName, ui, { startTime: at("uiStart") });
    uiSpan.update({ level, statusMessage }).setTraceAsPublic();
    uiSpan.end(at("uiEnd"));

    await failingCall(at);

    const { model, modelParameters, usageDetails, costDetails } = generation;
    const { promptName, promptVersion, source, chunks } = generation;
    const streaming = startObservation(
      generation.name,
      { model, modelParameters, input: generation.input, version: generation.version },
      { asType: "generation", startTime: at("generationStart") },
    ).setTraceAsPublic();
    const { name: eventName, ...event } = TURN.event;
    // Not `streaming.startObservation`: it has no start time to give.
    const parentSpanContext = streaming.otelSpan.spanContext();
    const moment = { startTime: at("firstChunk"), parentSpanContext };
    startObservation(eventName, event, { asType: "event", ...moment });
    streaming.update({ completionStartTime: at("firstChunk"), metadata: { source } });
    streaming.update({
      output: generation.output,
      usageDetails,
      costDetails,
      prompt: { name: promptName, version: promptVersion, isFallback: false },
      metadata: { chunks },
    });
    streaming.end(at("generationEnd"));

    root.update({ output });
    root.end(at("end"));
  };
  await propagateAttributes(propagated, () =>
    startActiveObservation(name, say, { startTime: at("begin"), endOnExit: false }),
  );
}

/** A call that fails as code fails: it throws, and the SDK sets the span's status by itself. */
async function failingCall(at: (moment: keyof typeof MOMENTS) => Date): Promise<void> {
  const { name, metadata, level, statusMessage } = TURN.call;
  const started = Promise.withResolvers<LangfuseSpan>();
  const fail = async (call: LangfuseSpan): Promise<never> => {
    started.resolve(call);
    call.update({ metadata }).setTraceAsPublic();
    const { name: searchName, ...search } = TURN.search;
    startObservation(
      searchName,
      { ...search, output: [...search.output] },
      { asType: "retriever", startTime: at("searchStart") },
    )
      .setTraceAsPublic()
      .end(at("searchEnd"));
    call.update({ level, statusMessage });
    throw new Error(statusMessage);
  };
  const options = { startTime: at("callStart"), endOnExit: false };
  await startActiveObservation(name, fail, options).catch(() => undefined);
  (await started.promise).end(at("callEnd"));
}
