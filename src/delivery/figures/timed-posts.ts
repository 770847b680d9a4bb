// The posts of a pass, timed: Langfuse's own latency, and what it answered.
import type { Verdict } from "../../langfuse/classify.ts";
import type { PostItems } from "../../langfuse/poster.ts";
import type { LangfusePost } from "../../protocol/figures/figures-calls.ts";

/** @param told is given each post that was answered, or was not in time; none that was not sent */
export function timedPosts(
  post: PostItems,
  now: () => number,
  told: (post: LangfusePost) => void,
): PostItems {
  return async (kind, parts, timeoutMs) => {
    const began = now();
    const verdict = await post(kind, parts, timeoutMs);
    const at = now();
    if (verdict.kind !== "unsent")
      told({ kind, at, ms: Math.max(0, at - began), answer: answerOf(verdict) });
    return verdict;
  };
}

/** In the words of retry reasons, where there is one. */
function answerOf(verdict: Verdict): string {
  if (verdict.kind === "later") return verdict.cause;
  if (verdict.kind === "keys") return "unauthorized";
  return verdict.kind === "unknown" ? "unknown_answer" : verdict.kind;
}
