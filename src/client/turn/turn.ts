// One chat turn, from the click to the last chunk: the trace and its observations, the latencies, and
// what a backend needs to join. What happens is told to the client library as it happens; nothing
// here is waited for by the chat, and nothing here can fail it.
import { beginning } from "./beginning.ts";
import { cut } from "../send/cut.ts";
import { baggage, randomHex, shortId, traceparent } from "../trace/ids.ts";
import { LatencyTracker } from "../trace/latency.ts";
import { endingOf, type Outcome } from "./outcome.ts";
import { environment, page } from "../send/page.ts";
import { mayPropagate } from "./propagation.ts";
import type { GenerationHandle, SpanHandle, TraceHandle } from "../trace/proxy.ts";
import type { Asked } from "./request-input.ts";
import type { Answered } from "../stream/answered.ts";
import type { TurnOptions } from "./turn-options.ts";

/** The longest that actions wait for company: those before the request, for its flush … */
const FLUSH_HOLD_MS = 2e3;
/** … and those after it, for the end of the answer. */
const END_HOLD_MS = 1e4;
/** A page that was asked whether it may go, and is still there after this, stays. */
const GOING_MS = 5e3;
/** The most of an answer that a closing page tells, in UTF-16 units, and one that is about to. */
const MAX_LEAVING_LENGTH = 9e3;
const MAX_GOING_LENGTH = 4e3;
const CLOSED = "the page was closed before the answer was complete";

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
  /** The headers of a request to there; none for strangers, and while it is not known whose the trace is. */
  headers(url: string): Record<string, string>;
  /** The same fields, and what a backend joins by: `trace_id`, its parent, the session; as far as known. */
  body<Fields extends object>(fields: Fields): Fields & Record<string, unknown>;
  /** The interface is ready, the request goes out now. Resolves after `flushWaitMs` at most. */
  calling(): Promise<void>;
  /** Tells what was asked, once there is time to look. */
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
  /** The session and user that a backend joins by; none while it is not known whose the trace is. */
  const joining = () => {
    const { tag, sessionId = "", userId = "" } = client.who();
    // An id that is not complete yet would lead the backend into a trace that nobody has.
    if (tag === undefined) return undefined;
    return {
      session: shortId(options.sessionId ?? sessionId),
      user: shortId(options.userId ?? userId),
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
        sessionId: options.sessionId ?? client.who().sessionId,
        userId: options.userId,
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
      FLUSH_HOLD_MS,
    );
  const apiId = randomHex();
  const ui = trace.span({ name: "frontend-ui-processing", startTime: clickedAt }, FLUSH_HOLD_MS);
  /** The span that has not ended yet: first the interface's, then the request's. */
  let open: SpanHandle | undefined = ui;
  let generation: GenerationHandle | undefined;
  let calledAt = clickedAt;
  let asked: Asked = {};
  let said: Partial<Answered> = {};
  let chunks = 0;
  let begun = false;
  let telling = false;
  let over = false;
  /** When the page was about to go, as far as it could tell; else 0. */
  let goingAt = 0;
  mark("trace_created");

  const progress = (): Record<string, unknown> => {
    const totalMs = Date.now() - calledAt;
    return {
      chunkCount: chunks,
      chunksPerSecond: Math.round((chunks * 1e4) / totalMs) / 10,
      totalMs,
    };
  };
  /** Takes what was said so far, and marks the first token: a role or a keep-alive is none. */
  const take = (answer: Partial<Answered>): void => {
    if (over) return;
    said = answer;
    if (!begun && (answer.begun || answer.text)) {
      begun = true;
      mark("first_chunk_received");
      void generation?.update({ completionStartTime: Date.now() }, END_HOLD_MS);
    }
  };
  /** Ends the answer. What else has ended with it is to have these fields. */
  const tellEnd = (cause: Outcome, error?: unknown) => {
    const { outcome, stack, ...fields } = endingOf(said, cause, error);
    if (outcome === "completed") mark("streaming_complete");
    for (const [name, from, to] of DURATIONS) latency.measure(name, from, to);
    const output = content(said.text);
    const { usage, model, cost: costDetails } = said;
    // The words of an end that was none are taken back.
    const before = goingAt && { level: "DEFAULT" as const, statusMessage: "" };
    const end = (more?: object) => ({
      ...before,
      ...fields,
      metadata: { ...more, outcome, stack },
    });
    void generation?.end({ ...end(progress()), output, usage, costDetails, model }, END_HOLD_MS);
    return {
      call: end(),
      trace: { ...end({ latencies: latency.latencies }), output: beginning(output) },
    };
  };
  /** Ends what is open, and hands the turn over. */
  const close = (cause: Outcome, error?: unknown): void => {
    if (over) return;
    take(said);
    over = true;
    page.removeEventListener?.("pagehide", leave, true);
    page.removeEventListener?.("beforeunload", going);
    const end = tellEnd(cause, error);
    void open?.end(end.call, END_HOLD_MS);
    const ends = options.endTrace ?? !given;
    void trace[ends ? "end" : "update"](end.trace, END_HOLD_MS);
    void client.flush();
  };
  const fail = (error: unknown): void => close("failed", error);
  /** The page may be about to go. Firefox ends the scripts of a closed tab at once: its end is told before. */
  const going = (): void => {
    goingAt = Date.now();
    const { text = "" } = said;
    said.text = cut(text, MAX_GOING_LENGTH);
    void trace.update(tellEnd("abandoned", CLOSED).trace, END_HOLD_MS);
    said.text = text;
    void client.flush();
  };
  const leave = (): void => {
    // Twice this much, as of the generation and of the trace, may outlive the page.
    said = { ...said, text: cut(said.text ?? "", MAX_LEAVING_LENGTH) };
    close("abandoned", CLOSED);
  };
  page.addEventListener?.("pagehide", leave, true);
  page.addEventListener?.("beforeunload", going);

  return {
    get traceId() {
      return trace.traceId;
    },
    trace,
    latency,
    headers: (url) => {
      const joined = joining();
      if (!joined || !mayPropagate(url, options.propagateTo)) return {};
      // Each look at a traceparent is a hash, and the chat request waits for it.
      const parent = ui.traceparent;
      const langfuse = parent.split("-")[1] ?? trace.traceId;
      return {
        ...(parent && { traceparent: traceparent(langfuse, apiId) }),
        "x-langfuse-trace-id": langfuse,
        baggage: baggage({
          langfuse_trace_id: langfuse,
          langfuse_trace_name: assistantName,
          langfuse_session_id: joined.session,
          langfuse_user_id: options.propagateUser ? joined.user : undefined,
        }),
      };
    },
    body: (fields) => {
      const joined = joining();
      const { traceId } = trace;
      const join = { trace_id: traceId, parent_span_id: apiId, session_id: joined?.session };
      return { ...fields, ...(joined && join) };
    },
    calling: async () => {
      void ui.end({}, FLUSH_HOLD_MS);
      calledAt = Date.now();
      const name = "frontend-backend-api-call";
      open = trace.span({ id: apiId, name, startTime: calledAt }, FLUSH_HOLD_MS);
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
        void trace.update({ input: content(beginning(request.input)) }, END_HOLD_MS);
      }
      // Blobs are read slowly, and the answer may be there before.
      void generation?.update(content(request) ?? { model: request.model }, END_HOLD_MS);
    },
    responding: (status) => {
      mark("first_backend_response");
      if (open !== ui) {
        const level = Number(status) >= 400 ? "ERROR" : undefined;
        void open?.end({ output: { status }, level }, END_HOLD_MS);
        open = undefined;
      }
      const { model } = asked;
      const input = content(asked.input ?? message);
      // It begins with the request, so that Langfuse's time to first token is what the user waited.
      generation = trace.generation(
        { name: "streaming-response", startTime: calledAt, input, model },
        END_HOLD_MS,
      );
    },
    chunk: (answer) => {
      take(answer);
      chunks += 1;
      if (chunks % 10 === 0 && !telling && !over) {
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
    // A page that goes away breaks off its requests first, and only then says that it goes: Firefox when the
    // next page has answered.
    fail: (error) => {
      if (!(error instanceof TypeError)) fail(error);
      else if (Date.now() - goingAt < GOING_MS) leave();
      else setTimeout(fail, 0, error);
    },
  };
}
