// How long records came after their turn was acknowledged. Pure.
import type { PlannedSession } from "../plan/plan.ts";
import type { Copy, Kind } from "../plan/records.ts";

/**
 * The longest, ms; infinite where an innocent record of an acknowledged turn never came.
 * @param kind of these only
 * @param whole when each trace was wholly acknowledged, epoch ms
 */
export function latenessOf(
  plan: readonly PlannedSession[],
  kind: Kind | undefined,
  whole: ReadonlyMap<string, number>,
  copies: readonly Copy[],
): number {
  const arrived = new Map<string, number>();
  for (const { key, at } of copies) if (!arrived.has(key)) arrived.set(key, at);
  let longest = 0;
  for (const { traceId, records } of plan.flatMap(({ turns }) => turns)) {
    const since = whole.get(traceId);
    // A turn that was never whole may wait for its end.
    if (since === undefined) continue;
    for (const { key, guilty, ...record } of records) {
      // Langfuse refuses it for as long as it is guilty.
      if (guilty || (kind ?? record.kind) !== record.kind) continue;
      longest = Math.max(longest, (arrived.get(key) ?? Number.POSITIVE_INFINITY) - since);
    }
  }
  return longest;
}
