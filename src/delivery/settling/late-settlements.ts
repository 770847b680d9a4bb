// Records that passes of this isolate settled when their lease was about to end, or was over: another pass may have been
// lent them before their session heard of it. Such a lease is out of date. Bounded in time and number.
import type { Lease } from "../../protocol/session/lease-calls.ts";

/** A settlement so soon before the end of its lease may come after it. */
const NEARLY_OVER_MS = 5_000;
/** Longer than a lease that was granted meanwhile lasts. */
const REMEMBERED_MS = 60_000;
const MAX_LEASES = 1_000;

export class LateSettlements {
  /** Oldest first. */
  #late: { object: string; at: number; delivered: ReadonlySet<number> }[] = [];

  /** Called when records of the lease are about to be settled as delivered. */
  settling(object: string, { until }: Lease, delivered: readonly number[], now: number): void {
    if (now >= until - NEARLY_OVER_MS) this.unheard(object, delivered, now);
  }

  /** Called when the object did not answer, and is to be told again: its lease may end before. */
  unheard(object: string, delivered: readonly number[], now: number): void {
    if (delivered.length === 0) return;
    this.#late.push({ object, at: now, delivered: new Set(delivered) });
    const kept = this.#late.filter(({ at }) => now - at < REMEMBERED_MS);
    this.#late = kept.slice(-MAX_LEASES);
  }

  /** The object did not answer, and is told no more: nobody knows whether it has heard of them. */
  failed(object: string): void {
    this.#late = this.#late.filter((one) => one.object !== object);
  }

  /**
   * Some of the lease's records were settled since it was granted. Not for ever: a session that was silent for long
   * numbers its records anew.
   */
  has(object: string, { records }: Pick<Lease, "records">, now: number): boolean {
    return this.#late.some(
      (one) =>
        one.object === object &&
        now - one.at < REMEMBERED_MS &&
        records.some(({ ordinal }) => one.delivered.has(ordinal)),
    );
  }
}
