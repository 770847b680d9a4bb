// One chat turn, from the click to the last chunk: the trace and its observations, the latencies, and
// what a backend needs to join. It has one request, or several where tools are answered. What happens is
// told to the client library as it happens; nothing here is waited for by the chat, and nothing can fail it.
import { beginning } from "./beginning.ts";
import { beginTrace, FLUSH_HOLD_MS } from "./begin-trace.ts";
import { cut } from "../send/cut.ts";
import { randomHex } from "../trace/ids.ts";
import { createJoining } from "./joining.ts";
import { LatencyTracker } from "../trace/latency.ts";
import { loaded } from "../reading/load-reading.ts";
import { measureDurations } from "./durations.ts";
import { type Cause, endingOf } from "./outcome.ts";
import { page } from "../send/page.ts";
import { experimentLabels } from "../experiments/labels.ts";
import { nameMessage, turnCloses, turnsOf } from "./turn-registry.ts";
import type { GenerationHandle, SpanHandle } from "../trace/proxy.ts";
import type { Asked } from "../reading/request-input.ts";
import type { Answered } from "../stream/answered.ts";
import type { TraceFields } from "../types.ts";
import type { OpenTurn } from "./open-turn.ts";
import { createToolCalls } from "./tool-calls.ts";
import type { TurnOptions } from "./turn-options.ts";

/** The longest that actions after the request wait for company: for the end of the answer. */
const END_HOLD_MS = 1e4;
/** A page that was asked whether it may go, and is still there after this, stays. */
const GOING_MS = 5e3;
/** The most of an answer that a closing page tells, in UTF-16 units, and one that is about to. */
const MAX_LEAVING_LENGTH = 9e3;
/** The time that the page or the user has to answer tools … */
const TOOLS_MS = 3e5;
/** … and to ask on, once they are answered: the edge itself ends a trace in which nothing is open. */
const NEXT_REQUEST_MS = 3e4;
const MAX_GOING_LENGTH = 4e3;
const CLOSED = "the page was closed before the answer was complete";

/** `resumedAt`: the time of a request that resumes an answer of this or another page; it had no click. */
export function startTurn(options: TurnOptions, resumedAt?: number): OpenTurn {
  const { client, message } = options;
  const { captureContent = true } = options;
  const content = <T>(value: T): T | undefined => (captureContent ? value : undefined);
  const clickedAt = resumedAt ?? options.clickedAt ?? Date.now();
  const latency = new LatencyTracker(Date.now() - clickedAt);
  const mark = (name: string, at = Date.now()): void => latency.mark(name, Date.now() - at);
  const labels = experimentLabels(options.experiments ?? turnsOf(client).experiments);
  const { tags, metadata } = labels;
  const given = options.trace ?? (options.traceId && client.joinTrace(options.traceId));
  const trace = given || beginTrace(options, clickedAt, labels);
  if (given && tags[0] && !resumedAt) void trace.update({ tags, metadata }, FLUSH_HOLD_MS);
  const ui = resumedAt
    ? undefined
    : trace.span({ name: "frontend-ui-processing", startTime: clickedAt }, FLUSH_HOLD_MS);
  /** The id of the request's span; a backend may hear of it before it begins. */
  let apiId = randomHex();
  /** The span that has not ended yet: first the interface's, then the request's. */
  let open: SpanHandle | undefined = ui;
  let generation: GenerationHandle | undefined;
  let requests = 0;
  let calledAt = clickedAt;
  let asked: Asked = resumedAt ? { metadata: { resumed: true } } : {};
  let said: Partial<Answered> = {};
  let chunks = 0;
  let begun = false;
  let telling = false;
  /** The end of the last request's answer, which is the trace's as well; undefined while there is none. */
  let ending: TraceFields | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The trace has its end. That of a resumed answer had it before: what is told twice is told late. */
  let isTold = !!(resumedAt && given);
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
  const take = (answer: Partial<Answered>, at?: number): void => {
    if (ending) return;
    said = answer;
    nameMessage(client, answer.messageId, trace);
    if (answer.reasoning) mark("first_reasoning", at);
    if (answer.text) mark("first_text", at);
    if (!begun && (answer.begun || answer.text)) {
      begun = true;
      mark("first_chunk_received", at);
      void generation?.update({ completionStartTime: at ?? Date.now() }, END_HOLD_MS);
    }
    loaded.reading?.showCalls(turn, answer.tools);
  };
  /** Ends the trace, and what nobody has answered. */
  const finish = (): void => {
    clearTimeout(timer);
    timer = undefined;
    page.removeEventListener?.("pagehide", leave, true);
    page.removeEventListener?.("beforeunload", going);
    if (turnsOf(client).open.has(turn)) turnCloses(client, turn);
    for (const call of calls) endCall(call, { level: "WARNING", statusMessage: "no result" });
    const ends = options.endTrace ?? !given;
    if (!isTold) void trace[ends ? "end" : "update"](ending ?? {}, END_HOLD_MS);
    isTold = ends;
    void client.flush();
  };
  const tools = createToolCalls(trace, content, () => timer && wait());
  const { calls, endCall } = tools;
  const joining = createJoining(options, trace, () => apiId, labels.baggage);
  const isIdle = (): boolean => calls.every(({ isOver }) => isOver);
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(finish, isIdle() ? NEXT_REQUEST_MS : TOOLS_MS);
  };
  /** Ends the answer as it was judged; gives the end of what else ends with it, and the trace's. */
  const tellEnd = ({ outcome, stack, ...fields }: ReturnType<typeof endingOf>) => {
    if (!["stopped", "abandoned", "failed"].includes(outcome)) {
      delete latency.latencies["streaming_complete"];
      mark("streaming_complete");
    }
    measureDurations(latency);
    const output = content(said.text);
    const { usage, model, cost: costDetails, finishReason, messageId, unread, reasoning } = said;
    // The words of an end that was none are taken back.
    const before = goingAt && { level: "DEFAULT" as const, statusMessage: "" };
    const end = (more?: object) => ({
      ...before,
      ...fields,
      metadata: { ...more, outcome, stack, finishReason, messageId, unread },
    });
    const thoughts = options.captureReasoning ? { reasoning: content(reasoning) } : {};
    void generation?.end(
      { ...end({ ...progress(), ...thoughts }), output, usage, costDetails, model },
      END_HOLD_MS,
    );
    const whole = { ...end({ latencies: latency.latencies }), output: beginning(output) };
    return { call: end(), trace: whole };
  };
  /** Ends the request, and with it the turn, unless its tools are still to be answered. */
  const close = (cause: Cause, error?: unknown): void => {
    if (ending) return;
    take(said);
    const judged = endingOf(said, cause, error);
    const isWaiting =
      cause === "completed" &&
      judged.outcome === cause &&
      calls.some((call) => !call.isOver || (call.shown && !call.isAnswered));
    if (!isWaiting) turnCloses(client, turn, error);
    const told = tellEnd(judged);
    void open?.end(told.call, END_HOLD_MS);
    open = generation = undefined;
    ending = told.trace;
    apiId = randomHex();
    if (isWaiting) {
      wait();
      void client.flush();
    } else finish();
  };
  const fail = (error: unknown): void => close("failed", error);
  /** The page may be about to go. Firefox ends the scripts of a closed tab at once: its end is told before. */
  const going = (): void => {
    goingAt = Date.now();
    if (!ending) {
      const { text = "" } = said;
      said = { ...said, text: cut(text, MAX_GOING_LENGTH) };
      void trace.update(tellEnd(endingOf(said, "abandoned", CLOSED)).trace, END_HOLD_MS);
      said = { ...said, text };
    } else if (!isTold) void trace.update(ending, END_HOLD_MS);
    void client.flush();
  };
  const leave = (): void => {
    turn.catchUp?.();
    if (ending) {
      if (!isIdle()) {
        const metadata = { ...ending.metadata, outcome: "abandoned" };
        ending = { ...ending, level: "WARNING", statusMessage: CLOSED, metadata };
      }
      finish();
    } else {
      // Twice this much, as of the generation and of the trace, may outlive the page.
      said = { ...said, text: cut(said.text ?? "", MAX_LEAVING_LENGTH) };
      close("abandoned", CLOSED);
    }
  };
  page.addEventListener?.("pagehide", leave, true);
  page.addEventListener?.("beforeunload", going);

  const turn: OpenTurn = {
    get traceId() {
      return trace.traceId;
    },
    get running() {
      return calls.findLast(({ isOver }) => !isOver)?.handle ?? generation ?? open ?? trace;
    },
    get requests() {
      return requests;
    },
    trace,
    latency,
    options,
    ...joining,
    ...tools,
    calling: async () => {
      if (ending) {
        // The next request of the same turn: whoever sends it has those results.
        for (const call of calls) call.isAnswered ||= call.isOver === true;
        clearTimeout(timer);
        if (!timer) page.addEventListener?.("pagehide", leave, true);
        timer = ending = undefined;
        asked = said = {};
        chunks = 0;
        begun = false;
      } else if (!requests) void ui?.end({}, FLUSH_HOLD_MS);
      requests += 1;
      turnsOf(client).open.add(turn);
      calledAt = resumedAt ?? Date.now();
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
    asking: ({ messageId, ...request }) => {
      asked = request;
      nameMessage(client, messageId, trace);
      if (ending) return;
      const { input, metadata } = request;
      const isQuestion = !given && options.input === undefined && !message;
      if (requests < 2 && (isQuestion || metadata)) {
        const fields = isQuestion && { input: content(beginning(input)) };
        void trace.update({ ...fields, metadata }, END_HOLD_MS);
      }
      // Blobs are read slowly, and the answer may be there before.
      void generation?.update(content(request) ?? { ...request, input: undefined }, END_HOLD_MS);
    },
    responding: (status) => {
      mark("first_backend_response");
      if (open !== ui) {
        const level = Number(status) >= 400 ? "ERROR" : undefined;
        void open?.end({ output: { status }, level }, END_HOLD_MS);
        open = undefined;
      }
      const { model, metadata } = asked;
      const input = content(asked.input ?? (requests < 2 ? message : undefined));
      // It begins with the request, so that Langfuse's time to first token is what the user waited.
      generation = trace.generation(
        { name: "streaming-response", startTime: calledAt, input, model, metadata },
        END_HOLD_MS,
      );
    },
    chunk: (answer, at) => {
      take(answer, at);
      chunks += 1;
      if (chunks % 10 === 0 && !telling && !ending) {
        telling = true;
        void generation?.update({ metadata: progress() }, Infinity).then(() => {
          telling = false;
        });
      }
    },
    giveUp: () => timer && finish(),
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
  turnsOf(client).open.add(turn);
  return turn;
}
