// The calls of the app. Ids are made here, so that a handle works at once; the edge's word comes by the
// promise, which never rejects and never waits long.
// Must not throw, but for a bad option at construction.
import { langfuseTraceId, ownedTraceId, randomHex, traceparent, uiTraceId } from "./ids.ts";
import type { Who } from "../send/who.ts";
import { extras } from "../extras/load-extras.ts";
import type { CallLine } from "../extras/log-call.ts";
import { checkedOptions, type ClientOptions, type Identity } from "../send/options.ts";
import { page } from "../send/page.ts";
import type { Sender } from "../send/sender-interface.ts";
import { createSender } from "../send/sender.ts";
import type * as T from "../types.ts";
import type { ObservationType } from "../../protocol/change.ts";

/** A trace or one of its observations. Its promises are for who wants to know: they never reject. */
export interface Handle<Fields> {
  /** The trace's id. With a token that has an owner, it ends in the owner's tag as soon as that is known. */
  readonly traceId: string;
  /** The observation's id; a trace has none. */
  readonly id: string | undefined;
  /**
   * W3C trace context for a backend that hangs its spans under this. Empty where there is none: while it
   * is not known whose the trace is, and where trace ids are verbatim.
   */
  readonly traceparent: string;
  /** `hold`: how long it may wait for company, ms; with Infinity it goes with whatever goes next. */
  update(fields: Fields, hold?: number): Promise<T.Result>;
  end(fields?: Fields, hold?: number): Promise<T.Result>;
  span(fields: T.SpanFields & { id?: string }, hold?: number): SpanHandle;
  generation(fields: T.GenerationFields & { id?: string }, hold?: number): GenerationHandle;
  event(fields: T.SpanFields & { id?: string }, hold?: number): void;
  /** One of another type: `tool`, `agent`, `chain`, `retriever`, `embedding`, `evaluator`, `guardrail`. */
  observation(
    fields: T.SpanFields & { id?: string; type: ObservationType },
    hold?: number,
  ): SpanHandle;
  score(fields: Omit<T.ScoreParams, "traceId" | "observationId">): Promise<T.Result>;
}
export type TraceHandle = Handle<T.TraceFields>;
export type SpanHandle = Handle<T.SpanFields>;
export type GenerationHandle = Handle<T.GenerationFields>;

type Data = Record<string, unknown>;
type Call<Params> = (params: Params) => Promise<T.Result>;

// oxlint-disable-next-line typescript/no-unsafe-declaration-merging -- the constructor makes them all
export interface LangfuseProxy {
  createTrace: Call<T.CreateTraceParams>;
  updateTrace: Call<T.TraceParams>;
  endTrace: Call<T.TraceParams>;
  createSpan: Call<T.CreateSpanParams>;
  updateSpan: Call<T.SpanParams>;
  endSpan: Call<T.SpanParams>;
  createGeneration: Call<T.CreateGenerationParams>;
  updateGeneration: Call<T.GenerationParams>;
  endGeneration: Call<T.GenerationParams>;
  createEvent: Call<T.CreateEventParams>;
  score: Call<T.ScoreParams>;
  /** Begins a trace; its handle works at once. */
  trace(fields?: T.CreateTraceParams, hold?: number): TraceHandle;
  /** A handle of a trace that was begun elsewhere. */
  joinTrace(traceId: string): TraceHandle;
  /** Sends what waits; succeeds when the edge has it durably. `deliver` also hurries its way to Langfuse. */
  flush(how?: { deliver?: boolean }): Promise<T.Result>;
  /** The edge's word on itself. */
  health(): Promise<T.Health>;
  /** Logout: nothing that is left is ever sent under another identity. */
  reset(next?: Identity): void;
  /** The identity whose actions are sent; what is not known yet is missing. */
  who(): Who;
}

/** Throws a TypeError on a bad option. */
// oxlint-disable-next-line typescript/no-extraneous-class, typescript/no-unsafe-declaration-merging -- closures: their names are shortened, a class's members are not
export class LangfuseProxy {
  constructor(given: ClientOptions = {}) {
    const options = checkedOptions(given);
    const reset = (next?: Identity): void => {
      sender.end();
      sender = createSender(options, given, { publicKey: options.publicKey, ...next }, reset);
    };
    let sender: Sender = createSender(options, given, options, reset);
    const log = (...call: CallLine): void => {
      // oxlint-disable-next-line no-console -- asked for by `debug`
      if (options.debug) extras.load().then((late) => late.logCall(options, ...call), console.warn);
    };

    /** The fields as they are now; of an object that cannot be read, none. */
    const read = (fields?: object): Data => {
      try {
        return { ...fields };
      } catch {
        return {};
      }
    };
    /** The ids that a create lacks are made at once, in `data`. */
    const call = async (
      by: Sender,
      verb: string,
      kind: string,
      data: Data,
      hold?: number,
      own?: string,
    ): Promise<T.Result> => {
      const type = kind.toLowerCase();
      const name = `${type}Id`;
      if (verb === "create") {
        if (kind === "Trace") data.userId ??= by.who().userId;
        data[name] ??= own ?? (kind === "Trace" ? uiTraceId() : randomHex());
      }
      const result = by.push(`${verb}_${type}`, data, hold);
      log(verb, kind, data, result);
      return { traceId: data.traceId, [name]: data[name], ...(await result) } as T.Result;
    };

    const handleOf = (
      by: Sender,
      traceId: string,
      kind: string,
      id?: string,
    ): TraceHandle & GenerationHandle => {
      const tell =
        (verb: string, what = kind) =>
        (fields?: object, hold?: number) =>
          call(by, verb, what, { ...read(fields), traceId, observationId: id }, hold);
      const child =
        (what: string, like = what) =>
        (given: { id?: string }, hold?: number) => {
          const { id: own = randomHex(), ...fields } = read(given) as { id?: string };
          void call(by, "create", what, { ...fields, traceId, parentObservationId: id }, hold, own);
          return handleOf(by, traceId, like, own);
        };
      return {
        get traceId() {
          return ownedTraceId(traceId, by.who().tag);
        },
        id,
        get traceparent() {
          if (options.verbatim || by.who().tag === undefined) return "";
          return traceparent(langfuseTraceId(this.traceId), id);
        },
        update: tell("update"),
        end: tell("end"),
        span: child("Span"),
        generation: child("Generation"),
        event: child("Event"),
        // Those of other types are updated and ended as spans are.
        observation: child("Observation", "Span"),
        score: tell("create", "Score"),
      };
    };
    const joinTrace = (traceId: string): TraceHandle => handleOf(sender, traceId, "Trace");

    Object.assign(this, {
      score: (params: object) => call(sender, "create", "Score", read(params)),
      trace: (fields?: T.CreateTraceParams, hold?: number) => {
        const data = read(fields);
        void call(sender, "create", "Trace", data, hold);
        return joinTrace(data.traceId as string);
      },
      joinTrace,
      flush: (how = {}) => {
        const answer = sender.push("flush", how, Infinity);
        sender.flush();
        return answer;
      },
      health: async () => {
        try {
          return await (await options.fetch(options.endpoint)).json();
        } catch {
          return { status: "unreachable" };
        }
      },
      reset,
      who: () => sender.who(),
    });
    for (const verb of ["create", "update", "end"]) {
      for (const kind of ["Trace", "Span", "Generation", "Event"]) {
        (this as Record<string, unknown>)[verb + kind] = (params: object) =>
          call(sender, verb, kind, read(params));
      }
    }

    for (const type of ["pagehide", "visibilitychange", "online", "offline"]) {
      page.addEventListener?.(type, () => {
        // A hidden page that is online again has the time to send what was kept, too.
        if (type === "pagehide" || (page.document?.hidden && type !== "online")) sender.onHide();
        else sender.flush(true);
      });
    }
    log();
  }
}
