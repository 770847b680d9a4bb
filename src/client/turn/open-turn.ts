// A chat turn as an app sees it, and as the library's own parts do.
import type { Answering } from "../answer/answering-interface.ts";
import type { Answered } from "../stream/answered.ts";
import type { LatencyTracker } from "../trace/latency.ts";
import type { Handle, SpanHandle } from "../trace/proxy.ts";
import type { SpanFields } from "../types.ts";
import type { ByHand } from "./by-hand.ts";
import type { RunningTurn, Turns } from "./turn-registry.ts";
import type { Asked } from "../reading/request-input.ts";
import type { TurnOptions } from "./turn-options.ts";

export interface Turn extends RunningTurn {
  readonly traceId: string;
  latency: LatencyTracker;
  /** The innermost that runs now: a tool, the answer, the request; else the trace. */
  readonly running: Handle<SpanFields>;
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
  /** A chunk of the answer has come, at this time (epoch ms; default now); `answer` is what was said so far. */
  chunk(answer: Answered, at?: number): void;
  /**
   * Runs a tool of the page as an observation of the turn, of type `tool`: under the call of that name that
   * the answer has shown, if there is one. Its result and its errors are those of `run`.
   */
  tool<Input, Output>(
    name: string,
    input: Input,
    run: (input: Input) => Output | PromiseLike<Output>,
  ): Promise<Output>;
  /**
   * Closes whatever is open. What the answer said of itself wins: an error, a stop, or that it is complete.
   * A turn whose tools nobody has answered yet waits for the request that does.
   */
  end(answer?: Partial<Answered>): void;
  /** The same where the user or the app wants no more of the answer: no error. */
  stop(): void;
  /** The same where the page reads no more of it, for a reason that nobody chose. */
  abandon(why: string): void;
  /** The same as an error; an `AbortError` is a stop. */
  fail(error: unknown): void;
}

/** The turn as the library's own parts use it; only one that is written by hand has the rest. */
export interface OpenTurn extends Omit<Turn, keyof ByHand> {
  readonly options: TurnOptions;
  /** When it began, epoch ms. */
  readonly beganAt: number;
  /** The time of a request that resumes an answer. */
  readonly resumedAt: number | undefined;
  /** It goes on with a trace that was begun before. */
  readonly isJoined: boolean;
  /** The span of the interface; a resumed answer has none. */
  readonly ui: SpanHandle | undefined;
  /** The turns of its client. */
  readonly registry: Turns;
  /** A new id of an observation. */
  newId(): string;
  /** Tells whoever listens that it ends, and how. */
  closes(error?: unknown): void;
  /** The session and user that a backend joins by; none while it is not known whose the trace is. */
  joining(): { session: string; user: string } | undefined;
  /** The id of the request's span; a backend may hear of it before it begins. */
  apiId: string;
  /** How many requests it has had. */
  requests: number;
  /** Its other half, once that is there. */
  answering?: Answering;
  /** When that happened which is told only now, epoch ms. */
  toldAt?: number | undefined;
  /** Tells the other half; what happens before it is there is kept with its time. */
  tell: Tell;
  /** Hears of the page's leaving, or no more. */
  listen(isOn: boolean): void;
  /** Its answer may still have something to be read. */
  unread?: boolean;
  /** Resolves when what its last request asked has been read; missing where that is done. */
  asked?: Promise<unknown> | undefined;
  /** Reads what has come and was not read yet: the page may be gone at once. */
  catchUp?: () => void;
}

export type Told = keyof Answering["told"];
export type Tell = <Name extends Told>(
  name: Name,
  ...args: Parameters<Answering["told"][Name]>
) => void;
