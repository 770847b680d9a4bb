// Tells the sessions of a project that somebody has begun to watch: those that delivered something lately, of which
// its ledger knows. So a turn that goes on already is seen, though none of its requests has asked. Costs some hundred
// calls when a first watcher comes, and nothing else. Never rejects: who is not told is told by its next turn.
import { describeError, logEvent } from "../log.ts";
import type { LedgerCalls } from "../protocol/books/ledger-calls.ts";
import type { SessionCalls } from "../protocol/session-calls.ts";

/** Most sessions that are told; those that were heard of last. */
export const MAX_ANNOUNCED = 200;
/** Calls at once. */
const AT_ONCE = 24;
/** Of a session that was silent for longer nothing is open: longer than open observations wait. */
const RECENT_MS = 35 * 60_000;

export interface AnnounceShell {
  ledger: Pick<LedgerCalls, "recentObjects">;
  session: (object: string) => Pick<SessionCalls, "watched">;
}

export async function announce(
  { ledger, session }: AnnounceShell,
  watchedUntil: number,
  now: number,
): Promise<void> {
  try {
    const objects = await ledger.recentObjects(MAX_ANNOUNCED, now - RECENT_MS);
    const lane = async (): Promise<void> => {
      for (let next = objects.shift(); next !== undefined; next = objects.shift()) {
        await tell(session, next, watchedUntil);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  } catch (error) {
    logEvent("debug", "live_untold", { error: describeError(error) });
  }
}

/** One that fails keeps nobody else from hearing of it. */
async function tell(
  session: AnnounceShell["session"],
  object: string,
  watchedUntil: number,
): Promise<void> {
  try {
    await session(object).watched(watchedUntil);
  } catch (error) {
    logEvent("debug", "live_untold", { error: describeError(error) });
  }
}
