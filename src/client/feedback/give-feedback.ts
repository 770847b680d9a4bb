// Sends feedback on a trace by its id, however long ago it was sealed: to Langfuse a score is a record of its own.
import type { LangfuseProxy } from "../trace/proxy.ts";
import type { Result } from "../types.ts";
import {
  type FeedbackFields,
  feedbackScore,
  type FeedbackValue,
  type ScoreTools,
} from "./score.ts";

/** The end of an id in some owner's namespace. */
const OWNED = /\.[\da-f]{16}$/;

/**
 * Never rejects. `foreign_trace`: the trace is of another user, or of another session under a token without a user, so
 * that the edge would make another trace's id of it; nothing is sent.
 */
export async function giveFeedback(
  tools: ScoreTools,
  client: LangfuseProxy,
  traceId: string,
  value: FeedbackValue,
  fields: FeedbackFields = {},
): Promise<Result> {
  // The score's id has the user in it: where that is asked for by `identify`, it is waited for.
  if (client.who().owner === undefined) await client.flush();
  const { tag, userId = "" } = client.who();
  if (tag && OWNED.test(traceId) && !traceId.endsWith(tag)) {
    return { success: false, error: { code: "foreign_trace" } };
  }
  const owned = client.joinTrace(traceId).traceId;
  return client.score(feedbackScore(tools, owned, userId, value, fields));
}
