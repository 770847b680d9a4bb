// What a turn is told besides its answer, also when it is long over: what the user thinks of it, what they did
// with it, and errors of the page beside it.
import { reading } from "../reading/load-reading.ts";
import { failed } from "../send/results.ts";
import { cut } from "../send/cut.ts";
import { sha256 } from "../trace/sha256.ts";
import type { LangfuseProxy } from "../trace/proxy.ts";
import type { FeedbackFields, FeedbackValue } from "../feedback/score.ts";
import type { OpenTurn } from "./open-turn.ts";
import { quietly } from "./quietly.ts";
import { turnsOf } from "./turn-registry.ts";
import type { Result, SpanFields } from "../types.ts";

/** Something that a user does with an answer; any other word will do. */
export type UserAction = "copied" | "regenerated" | "edited" | "followed_link" | (string & {});

export interface AfterTurn {
  /**
   * The user's word on the answer, as a score of the trace: true or false for thumbs, a number for stars,
   * text for a choice, with `dataType: "TEXT"` for words of their own. Another word of the same name
   * replaces it. Never rejects; `not_loaded`: the library's second chunk did not come, and nothing is sent.
   */
  feedback(value: FeedbackValue, fields?: FeedbackFields): Promise<Result>;
  /** An event of the trace, named as it is said here. */
  did(action: UserAction, fields?: Omit<SpanFields, "name">): void;
  /**
   * An error of the page, under what runs now: its type, message and stack. Where errors are tracked (`trackErrors` of
   * `/errors`, or React's boundary), with its causes and a fingerprint, and the same one again is counted.
   */
  error(error: unknown): void;
  /** The message of the app's that has this turn's answer or question: for `/feedback`. */
  rememberAs(messageId: string): void;
}

export const afterTurn = (client: LangfuseProxy, turn: OpenTurn): AfterTurn => ({
  feedback: (...said) =>
    reading.load().then(
      ({ giveFeedback }) => giveFeedback({ cut, sha256 }, client, turn.traceId, ...said),
      () => failed("not_loaded"),
    ),
  did: (name, fields) => turn.trace.event({ ...fields, name }),
  error: (error) => {
    const { report } = turnsOf(client);
    if (report) return report(error, turn);
    // An error may fail to be read itself.
    quietly(() => {
      const { name, message = error, stack } = Object(error) as Partial<Error>;
      const metadata = { type: name, stack };
      const told = { level: "ERROR", statusMessage: message as string, metadata } as const;
      turn.running.event({ name: "frontend-error", ...told });
    });
  },
  rememberAs: (messageId) => turn.tell("rememberAs", messageId),
});
