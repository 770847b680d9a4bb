// One chat turn, from the click to the last chunk: the trace and its observations, the latencies, and
// what a backend needs to join. What happens is told to the client library as it happens; nothing
// here is waited for by the chat, and nothing here can fail it.
import { beginning } from "./beginning.ts";
import { cut } from "./cut.ts";
import { baggage, randomHex, shortId, traceparent } from "./ids.ts";
import { LatencyTracker } from "./latency.ts";
import { endingOf, type Outcome } from "./outcome.ts";
import { environment, page } from "./page.ts";
import { mayPropagate } from "./propagation.ts";
import type { GenerationHandle, SpanHandle, TraceHandle } from "./proxy.ts";
import type { Asked } from "./request-input.ts";
import type { Answered } from "./stream/answered.ts";
import type { TurnOptions } from "./turn-options.ts";

/** How long the turn's actions wait for company, ms: until the flush, or for what goes out anyway. */
const SOON = 2e3;
const LATER = 1e4;
/** Most characters of an answer that a closing page tells. */
const MOST_LEFT = 9e3;

/** Latencies between the marks, in the seed's words for them. */
const DURATIONS = [
  ["frontend_processing", "trace_created", "pre_api_flush"],
  ["proxy_flush", "pre_api_flush", "post_api_flush_success"],
  ["network", "pre_api_flush", "first_backend_response"],
  ["time_to_first_token", "pre_api_flush", "first_chunk_received"],
  ["streaming", "first_chunk_received", "streaming_complete"],
] as const;

export interface Turn {
  readonly traceId: string;
  trace: TraceHandle;
  latency: LatencyTracker;
  /** What a request to there should carry; nothing for strangers, and while it is not known whose it is. */
  headers(url: string): Record<string, string>;
  /** The same fields, and what a backend joins by: `trace_id`, its parent, the session; as far as known. */
  body<Fields extends object>(fields: Fields): Fields & Record<string, unknown>;
  /** The interface is ready, the request goes out now. Resolves after `flushWaitMs` at most. */
  calling(): Promise<void>;
  /** What was asked, once there is time to look. */
  asking(request: Asked): void;
  /** The backend answers. */
  responding(status?: number): void;
  /** A chunk of the answer has come; `answer` is what was said so far. */
  chunk(answer: Answered): void;
  /** Closes whatever is open. What the answer said of itself wins: an error, a stop, or that it is complete. */
  end(answer?: Partial<Answered>): void;
  /** The same where the user or the app wants no more of the answer: no error. */
  stop(): void;
  /** The same where the page reads no more of it, for a reason that nobody chose. */
  abandon(why: string): void;
  /** The same as an error; an `AbortError` is a stop. */
  fail(error: unknown): void;
}

export function startTurn(options: TurnOptions): Turn {
  const { client, assistantName = "Assistant", assistantId, message } = options;
  const { captureContent = true } = options;
  /** Who it is, as far as it is known by now. */
  const who = () => {
    const { tag, sessionId = "", userId = "" } = client.who();
    return {
      tag,
      sessionId: shortId(options.sessionId ?? sessionId),
      userId: shortId(options.userId ?? userId),
    };
  };
  const content = <T>(value: T): T | undefined => (captureContent ? value : undefined);
  const clickedAt = options.clickedAt ?? Date.now();
  const latency = new LatencyTracker(Date.now() - clickedAt);
  const mark = (name: string): void => latency.mark(name);
  const given = options.trace ?? (options.traceId && client.joinTrace(options.traceId));
  const trace =
    given ||
    client.trace(
      {
        name: assistantName,
        sessionId: who().sessionId || undefined,
        userId: who().userId || undefined,
        tags: options.tags,
        timestamp: clickedAt,
        input: content(options.input ?? (message && { message: beginning(message) })),
        metadata: {
          assistantId,
          assistantName,
          messageLength: message?.length,
          source: "frontend-click",
          environment: environment(),
          ...options.metadata,
        },
      },
      SOON,
    );
  const apiId = randomHex();
  const ui = trace.span({ name: "frontend-ui-processing", startTime: clickedAt }, SOON);
  const open = new Set<SpanHandle>([ui]);
  let api: SpanHandle | undefined;
  let generation: GenerationHandle | undefined;
  let calledAt = clickedAt;
  let asked: Asked = {};
  let said: Partial<Answered> = {};
  let chunks = 0;
  let begun = false;
  let telling = false;
  let over = false;
  mark("trace_created");

  const progress = (): Record<string, unknown> => {
    const totalMs = Date.now() - calledAt;
    return {
      chunkCount: chunks,
      chunksPerSecond: Math.round((chunks * 1e4) / totalMs) / 10,
      totalMs,
    };
  };
  /** Ends what is open, and hands the turn over. */
  const close = (cause: Outcome, error?: unknown): void => {
    if (over) return;
    over = true;
    page.removeEventListener?.("pagehide", leave, true);
    const { outcome, stack, ...fields } = endingOf(said, cause, error);
    if (outcome === "completed") mark("streaming_complete");
    for (const [name, from, to] of DURATIONS) {
      if (latency.latencies[from] !== undefined && latency.latencies[to] !== undefined) {
        latency.measure(name, from, to);
      }
    }
    const output = content(said.text);
    const { usage, model, cost: costDetails } = said;
    for (const span of open) {
      if (span === generation) {
        const metadata = { ...progress(), outcome, stack };
        void generation.end({ ...fields, output, usage, costDetails, model, metadata }, LATER);
      } else void span.end({ ...fields, metadata: { outcome, stack } }, LATER);
    }
    const metadata = { latencies: latency.latencies, outcome, stack };
    const ends = options.endTrace ?? !given;
    const told = { ...fields, output: beginning(output), metadata };
    void trace[ends ? "end" : "update"](told, LATER);
    void client.flush();
  };
  const fail = (error: unknown): void => close("failed", error);
  const leave = (): void => {
    // Twice this much, as of the generation and of the trace, may outlive the page.
    said = { ...said, text: cut(said.text ?? "", MOST_LEFT) };
    close("abandoned", "the page was closed before the answer was complete");
  };
  page.addEventListener?.("pagehide", leave, true);

  return {
    get traceId() {
      return trace.traceId;
    },
    trace,
    latency,
    headers: (url) => {
      const { tag, sessionId, userId } = who();
      // An id that is not complete yet would lead the backend into a trace that nobody has.
      if (tag === undefined || !mayPropagate(url, options.propagateTo)) return {};
      // Each look at a traceparent is a hash, and the chat request waits for it.
      const parent = ui.traceparent;
      const langfuse = parent.split("-")[1] ?? trace.traceId;
      return {
        ...(parent && { traceparent: traceparent(langfuse, apiId) }),
        "x-langfuse-trace-id": langfuse,
        baggage: baggage({
          langfuse_trace_id: langfuse,
          langfuse_trace_name: assistantName,
          langfuse_session_id: sessionId,
          langfuse_user_id: options.propagateUser ? userId : undefined,
        }),
      };
    },
    body: (fields) => {
      const { tag, sessionId } = who();
      const join = { trace_id: trace.traceId, parent_span_id: apiId, session_id: sessionId };
      return { ...fields, ...(tag !== undefined && join) };
    },
    calling: async () => {
      void ui.end({}, SOON);
      open.delete(ui);
      calledAt = Date.now();
      const name = "frontend-backend-api-call";
      api = trace.span({ id: apiId, name, startTime: calledAt }, SOON);
      open.add(api);
      mark("pre_api_flush");
      const flushed = client.flush().then(({ success }) => {
        if (success) mark("post_api_flush_success");
      });
      const { flushWaitMs } = options;
      if (flushWaitMs) {
        await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, flushWaitMs))]);
      }
    },
    asking: (request) => {
      asked = request;
      if (over) return;
      if (!given && options.input === undefined && !message) {
        void trace.update({ input: content(beginning(request.input)) }, LATER);
      }
      // Blobs are read slowly, and the answer may be there before.
      void generation?.update(content(request) ?? { model: request.model }, LATER);
    },
    responding: (status) => {
      mark("first_backend_response");
      if (api) {
        void api.end(
          { output: { status }, level: Number(status) >= 400 ? "ERROR" : undefined },
          LATER,
        );
        open.delete(api);
      }
      const { model } = asked;
      const input = content(asked.input ?? message);
      // From the request on, so that Langfuse's time to first token is what the user waited.
      generation = trace.generation(
        { name: "streaming-response", startTime: calledAt, input, model },
        LATER,
      );
      open.add(generation);
    },
    chunk: (answer) => {
      if (over) return;
      said = answer;
      chunks += 1;
      // The first token, not the first bytes: a role or a keep-alive comes long before.
      if (!begun && (answer.begun || answer.text)) {
        begun = true;
        mark("first_chunk_received");
        void generation?.update({ completionStartTime: Date.now() }, LATER);
      }
      if (chunks % 10 === 0 && !telling) {
        telling = true;
        void generation?.update({ metadata: progress() }, Infinity).then(() => {
          telling = false;
        });
      }
    },
    end: (answer = said) => {
      said = answer;
      close("completed");
    },
    stop: () => close("stopped"),
    abandon: (why) => close("abandoned", why),
    // A page that goes away breaks off its requests first, and only then says that it goes.
    fail: (error) => void (error instanceof TypeError ? setTimeout(fail, 0, error) : fail(error)),
  };
}
