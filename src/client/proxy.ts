// What the app calls. Ids are made here, so that a handle works at once; what the edge said comes by
// the promise, which never rejects and never waits long.
// Must not throw, but for a bad option at construction.
import { langfuseTraceId, ownedTraceId, randomHex, traceparent, uiTraceId } from "./ids.ts";
import { checkedOptions, type ClientOptions, type Identity } from "./options.ts";
import { environment, page, type PageEvent } from "./page.ts";
import { createSender, failed, type Sender } from "./sender.ts";
import type * as T from "./types.ts";

/** A trace or one of its observations. Its promises are for who wants to know: they never reject. */
export interface Handle<Fields> {
  readonly traceId: string;
  /** Of the observation; a trace has none. */
  readonly id: string | undefined;
  /** W3C trace context for a backend that hangs its spans under this. */
  readonly traceparent: string;
  /** `hold`: how long it may wait for company, ms; with Infinity it goes with whatever goes next. */
  update(fields: Fields, hold?: number): Promise<T.Result>;
  end(fields?: Fields, hold?: number): Promise<T.Result>;
  span(fields: T.SpanFields & { id?: string }, hold?: number): SpanHandle;
  generation(fields: T.GenerationFields & { id?: string }, hold?: number): GenerationHandle;
  event(fields: T.SpanFields & { id?: string }, hold?: number): void;
  score(fields: Omit<T.ScoreParams, "traceId" | "observationId">): Promise<T.Result>;
}
export type TraceHandle = Handle<T.TraceFields>;
export type SpanHandle = Handle<T.SpanFields>;
export type GenerationHandle = Handle<T.GenerationFields>;

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
  /** Whose actions are sent; what is not known yet is missing. */
  who(): Sender["who"];
}

/** How long a call's promise waits for the edge; the action itself stays queued. */
const ANSWER_MS = 5e3;

/** Throws a TypeError on a bad option. */
// oxlint-disable-next-line typescript/no-extraneous-class, typescript/no-unsafe-declaration-merging -- closures: their names are shortened, a class's members are not
export class LangfuseProxy {
  constructor(given: ClientOptions = {}) {
    const options = checkedOptions(given);
    const { endpoint, publicKey } = options;
    const begin = (identity: Identity): Sender =>
      createSender(options, given, identity, (next) => reset(next));
    let sender = begin(options);
    const reset = (next?: Identity): void => {
      sender.end();
      sender = begin({ publicKey, ...next });
    };
    const log = (...line: unknown[]): void => {
      // oxlint-disable-next-line no-console -- asked for by `debug`
      if (options.debug) console.log(...line);
    };

    /** Resolves with what the edge said, or that it has not said anything yet. */
    const send = (by: Sender, action: string, data: object, hold?: number): Promise<T.Result> =>
      new Promise((resolve) => {
        setTimeout(resolve, ANSWER_MS, failed("unanswered"));
        by.push(action, data, resolve, hold);
      });

    const call = async (
      by: Sender,
      verb: string,
      kind: string,
      params: object,
      hold?: number,
    ): Promise<T.Result> => {
      const { tag, userId } = by.who;
      const data: Record<string, unknown> = { ...params };
      const type = kind.toLowerCase();
      const name = `${type}Id`;
      const isNew = verb === "create";
      const isNewTrace = isNew && name === "traceId";
      if (isNewTrace) data.userId ??= userId;
      if (isNew) data[name] ??= isNewTrace ? uiTraceId() : randomHex();
      if (data.traceId) data.traceId = ownedTraceId(data.traceId as string, tag);
      const { traceId } = data;
      if (isNew) log(`Creating ${type} via proxy:`, data.name);
      const result = await send(by, `${verb}_${type}`, data, hold);
      const done = isNewTrace
        ? "Created new langfuse trace"
        : `${kind} ${verb.replace(/e?$/, "ed")}`;
      log(`${result.success ? done : `Failed to ${verb} ${type}`} via proxy:`, traceId, result);
      return { traceId, [name]: data[name], ...result } as T.Result;
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
          call(by, verb, what, { ...fields, traceId, observationId: id }, hold);
      const child = (what: string) => (fields: { id?: string }, hold?: number) => {
        const { id: childId = randomHex(), ...rest } = fields;
        const ids = { traceId, parentObservationId: id, [`${what.toLowerCase()}Id`]: childId };
        void call(by, "create", what, { ...rest, ...ids }, hold);
        return handleOf(by, traceId, what, childId);
      };
      return {
        traceId,
        id,
        get traceparent() {
          return traceparent(langfuseTraceId(traceId), id);
        },
        update: tell("update"),
        end: tell("end"),
        span: child("Span"),
        generation: child("Generation"),
        event: child("Event"),
        score: tell("create", "Score"),
      };
    };
    const joinTrace = (traceId: string): TraceHandle =>
      handleOf(sender, ownedTraceId(traceId, sender.who.tag), "Trace");

    const methods: Record<string, unknown> = {
      score: (params: object) => call(sender, "create", "Score", params),
      trace: (fields: T.CreateTraceParams = {}, hold?: number) => {
        const { traceId = uiTraceId() } = fields;
        void call(sender, "create", "Trace", { ...fields, traceId }, hold);
        return joinTrace(traceId);
      },
      joinTrace,
      flush: (how = {}) => {
        const answer = send(sender, "flush", how, Infinity);
        sender.pump();
        return answer;
      },
      health: async () => {
        try {
          return await (await options.fetch(endpoint)).json();
        } catch {
          return { status: "unreachable" };
        }
      },
      reset,
      who: () => sender.who,
    };
    for (const verb of ["create", "update", "end"]) {
      for (const kind of ["Trace", "Span", "Generation", "Event"]) {
        methods[verb + kind] = (params: object) => call(sender, verb, kind, params);
      }
    }
    Object.assign(this, methods);

    const onPage = ({ type }: PageEvent): void => {
      if (type === "pagehide" || page.document?.visibilityState === "hidden") sender.hurry();
      else void sender.resume();
    };
    for (const type of ["pagehide", "visibilitychange", "online"]) {
      page.addEventListener?.(type, onPage);
    }
    log("Langfuse Enhanced client using server-side proxy:", {
      environment: environment(),
      baseUrl: endpoint,
      publicKeyConfigured: !!publicKey,
      usingProxy: true,
    });
  }
}
