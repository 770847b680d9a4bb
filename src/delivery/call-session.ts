// The calls of a pass to session objects. They never throw: an object that does costs only itself.
import { describeError, type logEvent } from "../log.ts";
import type { Lease, LeaseAnswer, LeaseRequest } from "../protocol/session/lease-calls.ts";
import type { SessionCalls } from "../protocol/session-calls.ts";
import type { SettleAnswer, Settlement } from "../protocol/session/settle-calls.ts";

export type LeasingSession = Pick<SessionCalls, "lease" | "settle">;

export interface SessionDeps {
  sessionById: (objectId: string) => LeasingSession;
  log: typeof logEvent;
  now: () => number;
}

/** What this version of a consumer knows: an object leases nothing to one that would lose some of it. */
export const KNOWN = { spans: true, sampledOut: true } as const satisfies Partial<LeaseRequest>;

/** A lease, or an empty answer where the object throws. */
export async function askLease(
  { sessionById, log, now }: SessionDeps,
  object: string,
  request: LeaseRequest,
): Promise<LeaseAnswer> {
  const asked = now();
  try {
    const { lease, ...answer } = await sessionById(object).lease({ ...request, ...KNOWN });
    return { ...answer, ...(lease && { lease: byOwnClock(lease, asked) }) };
  } catch (error) {
    log("warn", "lease_failed", { object, error: describeError(error) });
    return {};
  }
}

/** An object that threw twice in a row may be on its way to another machine: it is asked again after this. */
export const SETTLE_AGAIN_MS = 2_000;

/**
 * Tried once more when it throws: an answer may be lost, and a record settled twice is settled.
 * By a new stub: one that threw may be broken for good.
 * @param isAgain the same settlement was tried before
 */
export async function settle(
  { sessionById, log, now }: SessionDeps,
  object: string,
  settlement: Settlement,
  isAgain = false,
): Promise<SettleAnswer | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      const asked = now();
      const { repeated, next, ...answer } = await sessionById(object).settle(settlement);
      // An earlier call may have been taken, though its answer was lost.
      const isSecond = isAgain || tries > 1;
      return {
        ...answer,
        ...(!isSecond && repeated !== undefined && { repeated }),
        ...(next && { next: byOwnClock(next, asked) }),
      };
    } catch (error) {
      if (tries < 2) continue;
      log("warn", "settle_failed", { object, error: describeError(error) });
      return undefined;
    }
  }
}

/** The lease as the consumer's own clock has it, which may go otherwise than the object's; rather too short than too long. */
function byOwnClock({ lastsMs, ...lease }: Lease, asked: number): Lease {
  return lastsMs === undefined ? lease : { ...lease, until: asked + lastsMs };
}
