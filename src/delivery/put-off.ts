// Claims that are not served now: they wait in the queue, or their objects wait where it is for longer.
import { describeError, type logEvent, type LogFields } from "../log.ts";
import type { Claim } from "../protocol/session/lease-calls.ts";
import type { Settlement } from "../protocol/session/settle-calls.ts";
import { type BreakerState, tryPass } from "./breaker.ts";
import { KNOWN, type SessionDeps } from "./call-session.ts";
import { type Claimed, claimsFor } from "./claims.ts";
import { inParallel } from "./in-parallel.ts";

export interface PutOffDeps extends SessionDeps {
  /** Puts claims back for later; a claim that this loses is sent again by its object's alarm. */
  defer: (claims: readonly Claim[], delaySeconds: number) => Promise<void>;
  /** By public key; lives as long as the isolate. */
  breaker: Map<string, BreakerState>;
  now: () => number;
  log: typeof logEvent;
}

/** Claims are put back for so long at most: they arrive before their objects take them for lost. */
export const MAX_DEFER_MS = 30_000;
/** Objects that a pass had no time for, or that its failure kept back, are claimed again so soon. */
const UNASKED_MS = 2_000;
/** Objects that are put off at once: each lends a record for it, however large. */
const PUT_OFF_AT_ONCE = 6;

/** Claims of objects that this pass did not come to. */
export async function putOffRest(
  publicKey: string,
  unasked: readonly Claimed[],
  label: LogFields,
  deps: PutOffDeps,
): Promise<void> {
  const { breaker, now } = deps;
  const { waitMs: still } = tryPass(breaker.get(publicKey) ?? {}, now());
  await putOff(publicKey, unasked, Math.max(still, UNASKED_MS), label, deps);
}

/** Claims that nobody may serve just now wait in the queue, or their objects wait where it is for longer. */
export async function putOff(
  publicKey: string,
  claimed: readonly Claimed[],
  waitMs: number,
  label: LogFields,
  deps: PutOffDeps,
): Promise<void> {
  const deferred = waitMs <= MAX_DEFER_MS;
  deps.log("info", deferred ? "claims_deferred" : "claims_postponed", {
    ...label,
    reason: "breaker_open",
    objects: claimed.length,
  });
  if (deferred) await deps.defer(claimsFor(publicKey, claimed), Math.ceil(waitMs / 1000));
  else await postpone(claimed, { reason: "breaker_open", afterMs: waitMs }, deps);
}

/** Makes objects wait whose claims can't be served for long: else each would claim again twice a minute. */
export async function postpone(
  claimed: readonly Claimed[],
  retry: NonNullable<Settlement["retry"]>,
  { sessionById, log }: PutOffDeps,
): Promise<void> {
  await inParallel(claimed, PUT_OFF_AT_ONCE, async ({ object, ...reserved }) => {
    try {
      const session = sessionById(object);
      const { lease } = await session.lease({ maxBytes: 1, ...reserved, ...KNOWN });
      const nothing = { delivered: [], dead: [], told: false as const };
      if (lease) await session.settle({ lease: lease.id, ...nothing, retry });
    } catch (error) {
      log("warn", "postpone_failed", { object, error: describeError(error) });
    }
  });
}
