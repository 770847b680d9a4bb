// The calls of a pass to session objects. They never throw: an object that does costs only itself.
import { describeError, type logEvent } from "../log.ts";
import type { LeaseAnswer, LeaseRequest } from "../protocol/session/lease-calls.ts";
import type { SessionCalls } from "../protocol/session-calls.ts";
import type { SettleAnswer, Settlement } from "../protocol/session/settle-calls.ts";

export type LeasingSession = Pick<SessionCalls, "lease" | "settle">;

export interface SessionDeps {
  sessionById: (objectId: string) => LeasingSession;
  log: typeof logEvent;
}

/** What this version of a consumer knows: an object leases nothing to one that would lose some of it. */
export const KNOWN = { spans: true, sampledOut: true } as const satisfies Partial<LeaseRequest>;

/** A lease, or an empty answer where the object throws. */
export async function askLease(
  { sessionById, log }: SessionDeps,
  object: string,
  request: LeaseRequest,
): Promise<LeaseAnswer> {
  try {
    return await sessionById(object).lease({ ...request, ...KNOWN });
  } catch (error) {
    log("warn", "lease_failed", { object, error: describeError(error) });
    return {};
  }
}

/**
 * Tried once more when it throws: an answer may be lost, and a record settled twice is settled.
 * By a new stub: one that threw may be broken for good.
 */
export async function settle(
  { sessionById, log }: SessionDeps,
  object: string,
  settlement: Settlement,
): Promise<SettleAnswer | undefined> {
  for (let last = false; ; last = true) {
    try {
      const { repeated, ...answer } = await sessionById(object).settle(settlement);
      // The first call may have been taken, though its answer was lost.
      return last || repeated === undefined ? answer : { ...answer, repeated };
    } catch (error) {
      if (!last) continue;
      log("warn", "settle_failed", { object, error: describeError(error) });
      return undefined;
    }
  }
}
