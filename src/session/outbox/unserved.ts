// Records that nobody comes for: claims are sent, and no consumer asks. Then the queue has none, and nothing
// that was tried could have told of it. No I/O, no clock.
import type { InstanceMemory } from "../deadlines/alarm-time.ts";
import type { SessionState } from "../state.ts";
import { isUntried } from "./held-back.ts";
import { heldUntil } from "./lease.ts";

/** A consumer comes within seconds, after a lost claim within a minute, after a deploy within two. */
export const UNSERVED_MS = 3 * 60_000;

/** Since when records wait that nobody has asked for in a long time, epoch ms. */
export function unservedSince(
  state: SessionState,
  { reservation, askedAt = 0 }: InstanceMemory,
  now: number,
): number | undefined {
  const since = oldestSealedAt(state);
  if (since === undefined || !isUntried(state)) return undefined;
  if (heldUntil(state, reservation) > now) return undefined;
  return now - Math.max(since, askedAt) >= UNSERVED_MS ? since : undefined;
}

/** Undefined where nothing waits that the session remembers the sealing of, epoch ms. */
function oldestSealedAt({ outbox, openTraces, sealedTraces }: SessionState): number | undefined {
  const record = outbox.find(({ kind }) => kind === "observation");
  if (record?.kind !== "observation") return undefined;
  const trace = openTraces.get(record.traceId) ?? sealedTraces.get(record.traceId);
  return trace?.sealed.get(record.id)?.at;
}
