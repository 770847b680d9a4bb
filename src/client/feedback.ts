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
export { giveFeedback } from "./feedback/give-feedback.ts";
export {
  type MessageMemory,
  type MessageRef,
  rememberMessages,
} from "./feedback/message-memory.ts";
export type { FeedbackFields, FeedbackValue } from "./feedback/score.ts";
export type { UserAction } from "./turn/after-turn.ts";
