// A chat turn from its request's answer to its end: what the answer said, the tools that it called, how it came out.
// A turn has one request, or several where tools are answered. It is loaded at the click; what happened before it was
// there is told with its time (`toldAt`). Nothing here is waited for by the chat, and nothing can fail it.
import { beginning, MAX_REPEATED_LENGTH } from "./beginning.ts";
import { cut } from "../reading/lent.ts";
import { measureDurations } from "./durations.ts";
import { endFields } from "./ending.ts";
import { followAnswer } from "./follow-answer.ts";
import { answerCalls, showCalls } from "./follow-up.ts";
import { type Cause, endingOf } from "./outcome.ts";
import { createToolCalls } from "./tool-calls.ts";
import { messageOf } from "../reading/read-response.ts";
import { nameMessage } from "./name-message.ts";
import { tellAsked } from "./tell-asked.ts";
import type { GenerationHandle } from "../trace/proxy.ts";
import type { Asked } from "../reading/request-input.ts";
import type { Answered } from "../stream/answered.ts";
import type { TraceFields } from "../types.ts";
import type { OpenTurn } from "../turn/open-turn.ts";
import type { Answering } from "./answering-interface.ts";

/** The longest that actions after the request wait for company: for the end of the answer. */
const END_HOLD_MS = 1e4;
/** A page that was asked whether it may go, and is still there after this, stays. */
const GOING_MS = 5e3;
/** The most of an answer that a closing page tells, in UTF-16 units, and one that is about to. */
const MAX_LEAVING_LENGTH = 9e3;
const MAX_GOING_LENGTH = 4e3;
/** The time that the page or the user has to answer tools … */
const TOOLS_MS = 3e5;
/** … and to ask on, once they are answered: the edge itself ends a trace in which nothing is open. */
const NEXT_REQUEST_MS = 3e4;
const CLOSED = "the page was closed before the answer was complete";

export function createAnswering(turn: OpenTurn): Answering {
  const { options, trace, latency, resumedAt, isJoined } = turn;
  const { client, message, captureContent = true } = options;
  const content = <T>(value: T): T | undefined => (captureContent ? value : undefined);
  const mark = (name: string, at = turn.toldAt ?? Date.now()): void =>
    latency.mark(name, Date.now() - at);
  /** The span that has not ended yet: first the interface's, then the request's. */
  let open = turn.ui;
  let generation: GenerationHandle | undefined;
  let calledAt = turn.beganAt;
  let asked: Asked = resumedAt ? { metadata: { resumed: true } } : {};
  let said: Partial<Answered> = {};
  let chunks = 0;
  let begun = false;
  let telling = false;
  /** The end of the last request's answer, which is the trace's as well; undefined while there is none. */
  let ending: TraceFields | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The trace has its end. That of a resumed answer had it before: what is told twice is told late. */
  let isTold = !!(resumedAt && isJoined);
  /** What is known of a failure until more is: the turn's next request does not wait for that. */
  let failing: unknown;
  /** When the page was about to go, as far as it could tell; else 0. */
  let goingAt = 0;

  const progress = (): Record<string, unknown> => {
    const totalMs = (turn.toldAt ?? Date.now()) - calledAt;
    const chunksPerSecond = Math.round((chunks * 1e4) / totalMs) / 10;
    return { chunkCount: chunks, chunksPerSecond, totalMs };
  };
  /** Takes what was said so far, and marks the first token: a role or a keep-alive is none. */
  const take = (answer: Partial<Answered>, at?: number): void => {
    if (ending) return;
    said = answer;
    nameMessage(turn, answer.messageId);
    if (answer.reasoning) mark("first_reasoning", at);
    if (answer.text) mark("first_text", at);
    if (!begun && (answer.begun || answer.text)) {
      begun = true;
      mark("first_chunk_received", at);
      const completionStartTime = at ?? turn.toldAt ?? Date.now();
      void generation?.update({ completionStartTime }, END_HOLD_MS);
    }
    showCalls(answering, answer.tools);
  };
  /** Ends the trace, and what nobody has answered. */
  const finish = (): void => {
    clearTimeout(timer);
    timer = undefined;
    turn.listen(false);
    if (turn.registry.open.has(turn)) turn.closes();
    for (const call of calls) endCall(call, { level: "WARNING", statusMessage: "no result" });
    const ends = options.endTrace ?? !isJoined;
    if (!isTold && ends) void trace.end({ ...ending, endTime: turn.toldAt }, END_HOLD_MS);
    else if (!isTold) void trace.update({ ...ending }, END_HOLD_MS);
    isTold = ends;
    void client.flush();
  };
  const { calls, beginCall, endCall, toolBegins, toolEnds } = createToolCalls(
    turn,
    content,
    () => timer && wait(),
  );
  const isIdle = (): boolean => calls.every(({ isOver }) => isOver);
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(finish, isIdle() ? NEXT_REQUEST_MS : TOOLS_MS);
  };
  /** It begins with the request, so that Langfuse's time to first token is what the user waited. */
  const beginGeneration = (): void => {
    const input = content(asked.input ?? (answering.request < 2 ? message : undefined));
    generation = trace.generation(
      { ...asked, name: "streaming-response", startTime: calledAt, input },
      END_HOLD_MS,
    );
  };
  /** Ends the answer as it was judged; gives the end of what else ends with it, and the trace's. */
  const tellEnd = (judged: ReturnType<typeof endingOf>) => {
    if (!["stopped", "abandoned", "failed"].includes(judged.outcome)) {
      delete latency.latencies["streaming_complete"];
      mark("streaming_complete");
    }
    measureDurations(latency);
    const told = endFields(judged, said, content, {
      latencies: latency.latencies,
      progress: progress(),
      keepsReasoning: options.captureReasoning,
      // The words of an end that was none are taken back.
      before: goingAt ? { level: "DEFAULT", statusMessage: "" } : undefined,
    });
    void generation?.end({ ...told.generation, endTime: turn.toldAt }, END_HOLD_MS);
    return told;
  };
  /** Ends the request, and with it the turn, unless another one comes: its tools are to be answered, or it is tried again. */
  const close = (cause: Cause, error?: unknown, isNext?: boolean): void => {
    if (ending) return;
    take(said);
    const judged = endingOf(said, cause, error);
    const isWaiting =
      isNext ||
      (cause !== "abandoned" &&
        judged.outcome === "completed" &&
        calls.some((call) => !call.isOver || (call.shown && !call.isAnswered)));
    if (!isWaiting) turn.closes(error);
    const told = tellEnd(judged);
    void open?.end({ ...told.call, endTime: turn.toldAt }, END_HOLD_MS);
    open = generation = undefined;
    ending = told.trace;
    turn.apiId = turn.newId();
    if (isWaiting) {
      wait();
      void client.flush();
    } else finish();
  };
  const fail = (error: unknown): void => {
    if (error === failing) close("failed", error);
  };

  const answering: Answering = {
    turn,
    request: 0,
    calls,
    beginCall,
    endCall,
    running: () => calls.findLast(({ isOver }) => !isOver)?.handle ?? generation ?? open ?? trace,
    giveUp: () => timer && finish(),
    // Firefox ends the scripts of a closed tab at once: its end is told before.
    going: () => {
      turn.catchUp?.();
      goingAt = Date.now();
      if (!ending) {
        const { text = "" } = said;
        said = { ...said, text: cut(text, MAX_GOING_LENGTH) };
        void trace.update(tellEnd(endingOf(said, "abandoned", CLOSED)).trace, END_HOLD_MS);
        said = { ...said, text };
      } else if (!isTold) void trace.update(ending, END_HOLD_MS);
      void client.flush();
    },
    leave: () => {
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
    },
    told: {
      called: (span, at, request) => {
        answering.request = request;
        if (ending) {
          // The next request of the same turn: whoever sends it has those results.
          for (const call of calls) call.isAnswered ||= call.isOver === true;
          clearTimeout(timer);
          timer = ending = failing = undefined;
          asked = said = {};
          chunks = 0;
          begun = false;
        }
        open = span;
        calledAt = at;
      },
      brings: (body) => {
        // What the answer before it has called has to be known.
        turn.catchUp?.();
        if (failing) close("failed", failing, true);
        answerCalls(answering, body);
      },
      sent: (body) => {
        turn.asked = tellAsked(turn, body);
      },
      asking: ({ messageId, ...request }) => {
        asked = request;
        nameMessage(turn, messageId);
        if (ending) return;
        const { input, metadata } = request;
        const isQuestion = !isJoined && options.input === undefined && !message;
        if (answering.request < 2 && (isQuestion || metadata)) {
          const fields = isQuestion && { input: content(beginning(input)) };
          void trace.update({ ...fields, metadata }, END_HOLD_MS);
        }
        // Blobs are read slowly, and the answer may be there before.
        void generation?.update(content(request) ?? { ...request, input: undefined }, END_HOLD_MS);
      },
      responding: (status) => {
        mark("first_backend_response");
        if (open !== turn.ui) {
          const level = Number(status) >= 400 ? "ERROR" : undefined;
          void open?.end({ output: { status }, level, endTime: turn.toldAt }, END_HOLD_MS);
          open = undefined;
        }
        beginGeneration();
      },
      seen: (answer, what, value) => {
        const watch = (answer.watch ??= followAnswer(turn, answer));
        (watch[what] as (value: unknown) => void)(value);
      },
      refused: (copy, response) => {
        const known = (failing = { message: `HTTP ${response.status}` });
        void messageOf(response, copy).then((message) => {
          known.message = message;
          fail(known);
        });
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
      toolBegins,
      toolEnds,
      rememberAs: (messageId) => nameMessage(turn, messageId),
      end: (answer = said) => {
        said = answer;
        // Nobody told that the answer begins: the trace itself can hold none of these.
        if (!ending && !generation && (said.model || said.usage || said.cost)) beginGeneration();
        close("completed");
      },
      stop: () => close("stopped"),
      abandon: (why) => close("abandoned", why),
      // A page that goes away breaks off its requests first, and only then says that it goes: Firefox when the
      // next page has answered.
      fail: (error) => {
        failing = error;
        if (!(error instanceof TypeError)) fail(error);
        else if (Date.now() - goingAt < GOING_MS) answering.leave();
        else setTimeout(fail, 0, error);
      },
    },
  };
  const isLong = !isJoined && options.input === undefined && message;
  if (isLong && message.length > MAX_REPEATED_LENGTH) {
    void trace.update({ input: content({ message: beginning(message) }) }, END_HOLD_MS);
  }
  return answering;
}
