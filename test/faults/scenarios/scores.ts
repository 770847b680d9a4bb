// Scores have a path of their own: where it fails, spans pass as if nothing were, and the other way round;
// nothing of either is buried.
import { always, byKind, type Reply, slow, status } from "../langfuse/behaviour.ts";
import { planOf } from "../plan/plan.ts";
import { mostASecond } from "../judge/rates.ts";
import type { Kind } from "../plan/records.ts";
import type { Scenario, Variant } from "../scenario.ts";

/** What one kind gets, and how late the other may come; `mended` where it waits with it. */
const REPLIES: [string, Reply, passes: number | "mended"][] = [
  ["400", status(400, { body: "Invalid JSON" }), 12_000],
  ["401", status(401), 12_000],
  ["500", status(500), 12_000],
  // A limit counts requests, whatever is in them: the other path waits, too.
  ["429 with Retry-After 30", status(429, { retryAfter: "30" }), "mended"],
  // A session's first lease of the failing kind alone holds the other kind for two seconds.
  ["a hang", { kind: "hang" }, 8_000],
];
const KINDS: Kind[] = ["score", "observation"];
/** How late what was refused may come once it passes. */
const MENDED_MS = 90_000;
const MOST_A_SECOND = 40;
/** How long both paths are limited. */
const LIMITED_MS = 20_000;

export const scores: Scenario = {
  name: "scores",
  tries: "one of the two paths (spans, scores) failing, the other well",
  variants: KINDS.flatMap((failing) =>
    REPLIES.map(([name, reply, passes]) => variantOf(failing, name, reply, passes)),
  ),
};

function variantOf(
  failing: Kind,
  replyName: string,
  reply: Reply,
  passes: number | "mended",
): Variant {
  const name = `${failing}s get ${replyName}`;
  const passing: Kind = failing === "score" ? "observation" : "score";
  return {
    name,
    short: failing === "score" && replyName === "400",
    work: async (world, seed) => {
      const { langfuse } = world;
      const good = slow(seed, 200);
      const replies = { [failing]: always(reply), [passing]: good } as Record<Kind, typeof good>;
      langfuse.behave(byKind(replies));
      const now = Date.now();
      const plan = planOf({ seed, now, sessions: 5, turns: 6, turnPauseMs: 2_000, scores: 0.8 });
      await world.run(plan, 60_000);
      const [waitMs, limitMs] = passes === "mended" ? [LIMITED_MS, Infinity] : [passes, passes];
      await world.arrival(waitMs, passing);
      const lateMs = world.lateness(() => true, passing);
      const most = mostASecond(langfuse.seen.map(({ at }) => at));
      const [broken, late]: [string[], string[]] = [[], []];
      if (lateMs > limitMs) late.push(`a ${passing} waited ${lateMs} ms`);
      langfuse.behave(good);
      const mendedMs = await world.arrival(MENDED_MS);
      const { dead } = await world.health();
      if (dead !== 0) broken.push(`${dead} dead`);
      if (most > MOST_A_SECOND) late.push(`${most} requests in a second`);
      return {
        broken,
        late,
        figures: {
          ...(passes !== "mended" && {
            [`${passing}s waited, s`]: Math.round(lateMs / 100) / 10,
          }),
          "the others there after it was mended, s": Math.round(mendedMs / 100) / 10,
        },
      };
    },
  };
}
