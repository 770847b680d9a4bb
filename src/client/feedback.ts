/**
 * Feedback on answers, also on old ones and after a reload: the trace of each message is remembered in the
 * browser, within bounds, or comes from the backend that stored it with the message.
 *
 * @module
 * @example
 * const messages = rememberMessages(client);
 * await messages.feedback("msg-7", true, { comment: "Just what I needed." });
 * messages.did("msg-7", "copied");
 * @example
 * await giveFeedback(client, message.metadata.traceId, 4);
 */
import { giveFeedback as give } from "./feedback/give-feedback.ts";
import type { FeedbackFields, FeedbackValue } from "./feedback/score.ts";
import { cut } from "./send/cut.ts";
import { sha256 } from "./trace/sha256.ts";
import type { LangfuseProxy } from "./trace/proxy.ts";
import type { Result } from "./types.ts";

/**
 * Gives feedback on a trace by its id, however long ago it was. Never rejects. `foreign_trace`: the trace is of another
 * user, or of another session under a token without a user, so that the edge would make another trace's id of it;
 * nothing is sent.
 */
export const giveFeedback = (
  client: LangfuseProxy,
  traceId: string,
  value: FeedbackValue,
  fields?: FeedbackFields,
): Promise<Result> => give({ cut, sha256 }, client, traceId, value, fields);

export {
  type MessageMemory,
  type MessageRef,
  rememberMessages,
} from "./feedback/message-memory.ts";
export type { FeedbackFields, FeedbackValue } from "./feedback/score.ts";
export type { UserAction } from "./turn/after-turn.ts";
