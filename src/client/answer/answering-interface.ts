// The half of a turn that is loaded at the click, as the other half and the library's readers use it.
import type { Handle, SpanHandle } from "../trace/proxy.ts";
import type { Asked } from "../reading/request-input.ts";
import type { Answered } from "../stream/answered.ts";
import type { SpanFields } from "../types.ts";
import type { OpenTurn } from "../turn/open-turn.ts";
import type { Watch } from "../turn/watch-response.ts";
import type { Followed } from "./follow-answer.ts";
import type { createToolCalls } from "./tool-calls.ts";

export interface Answering extends Pick<
  ReturnType<typeof createToolCalls>,
  "calls" | "beginCall" | "endCall"
> {
  readonly turn: OpenTurn;
  /** The number of the request that was told of last. */
  request: number;
  /** The innermost that runs now. */
  running(): Handle<SpanFields>;
  /** The page goes away. */
  leave(): void;
  /** The page may be about to go. */
  going(): void;
  /** Nobody answers its tools any more. */
  giveUp(): void;
  told: {
    /** A request goes out, the turn's first is 1. */
    called(span: SpanHandle, at: number, request: number): void;
    /** The request is about to go out; it may bring the results of tools. */
    brings(body: unknown): void;
    /** It is on its way: its body as text, or a copy of one of another kind. */
    sent(body: string | Request | Response | undefined): void;
    asking(request: Asked): void;
    responding(status?: number): void;
    /** Of the answer as the page reads it. */
    seen(answer: Followed, what: keyof Watch, value?: unknown): void;
    /** The answer is an error; `copy` has its own words, where they may be kept. */
    refused(copy: Response | undefined, response: Response): void;
    chunk(answer: Answered, at?: number): void;
    /** `key`: the page's tool that this is about. */
    toolBegins(key: object, name: string, input: unknown): void;
    toolEnds(key: object, fields: SpanFields, error?: unknown): void;
    rememberAs(messageId: string): void;
    end(answer?: Partial<Answered>): void;
    stop(): void;
    abandon(why: string): void;
    fail(error: unknown): void;
  };
}
