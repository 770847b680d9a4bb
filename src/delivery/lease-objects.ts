// Leases from the claimed objects, as far as the bytes of a pass allow: a pass holds a few MB at most, or one
// record more. Objects are asked side by side, each for its share; one whose next record is larger than its
// share is asked again alone.
import type { Lease, LeaseRequest, UnreadableJournals } from "../protocol/session/lease-calls.ts";
import { askLease, type SessionDeps } from "./call-session.ts";
import type { Claimed } from "./claims.ts";

/** Most bytes of records held at once: a few copies of them fit an isolate's 128 MB many times. */
export const PASS_BYTES = 4 * 1024 * 1024;
/**
 * Calls to objects at once: most of a call is waiting, and a lease that is granted first waits for the
 * last. They are none of a Worker's six connections, which it opens to others.
 */
export const CALLS_AT_ONCE = 24;
/**
 * Leases of a pass: each is two calls, four with a hook and a part; beyond 10,000 an invocation's calls fail, and
 * a settlement that fails is a record sent twice.
 */
export const MOST_LEASES = 2_000;
/** The least that is worth a lease of its own. */
const LEAST_LEASE_BYTES = 16 * 1024;

/** Half the time in which a lease may be posted: those that answer last, and their records' encoding, take the rest. */
const ASKING_MS = 4_000;

export interface Held {
  object: string;
  lease: Lease;
}

export class ObjectLeases {
  /** Bytes of records held, and of what was asked for with a settlement. */
  heldBytes = 0;
  /** Leases that were asked for, here and with settlements. */
  #asked = 0;
  /** The newest journals that were put aside, of the objects asked. */
  unreadable: UnreadableJournals | undefined;
  readonly #deps: SessionDeps;
  /** Objects not yet asked … */
  readonly #unasked: Claimed[];
  /** … and those whose next record is too large to be one of many. */
  readonly #large: Claimed[] = [];

  constructor(claimed: readonly Claimed[], deps: SessionDeps) {
    this.#unasked = [...claimed];
    this.#deps = deps;
  }

  get hasWaiting(): boolean {
    return this.#unasked.length + this.#large.length > 0;
  }

  /** One more may be asked for, which then counts. */
  mayAsk(): boolean {
    if (this.#asked >= MOST_LEASES) return false;
    this.#asked += 1;
    return true;
  }

  /** Objects that still wait to be asked. */
  get waiting(): Claimed[] {
    return [...this.#unasked, ...this.#large];
  }

  /** They wait for somebody else from now on. */
  giveUpWaiting(): Claimed[] {
    return [...this.#unasked.splice(0), ...this.#large.splice(0)];
  }

  /** Leases from objects that wait, while there is room, and before the first of them is too old to be posted. */
  async take(): Promise<Held[]> {
    const { now } = this.#deps;
    const leased: Held[] = [];
    const until = now() + ASKING_MS;
    let room = PASS_BYTES - this.heldBytes;
    const hasRoom = (): boolean =>
      room >= LEAST_LEASE_BYTES && now() < until && this.#asked < MOST_LEASES;
    const ask = async (claimed: Claimed, request: LeaseRequest): Promise<void> => {
      room -= request.maxBytes;
      this.#asked += 1;
      const { object, ...reserved } = claimed;
      const answer = await askLease(this.#deps, object, { ...request, ...reserved });
      const { lease, reason, unreadable } = answer;
      if (unreadable && unreadable.at > (this.unreadable?.at ?? 0)) this.unreadable = unreadable;
      if (lease) {
        leased.push({ object, lease });
        this.heldBytes += bytesOf(lease);
      }
      if (reason === "large") this.#large.push(claimed);
      room += request.maxBytes - (lease ? bytesOf(lease) : 0);
    };
    const lane = async (): Promise<void> => {
      while (hasRoom()) {
        // Of few objects each may bring more.
        const sharers = Math.min(this.#unasked.length, CALLS_AT_ONCE);
        const claimed = this.#unasked.shift();
        if (claimed === undefined) return;
        const maxBytes = Math.max(LEAST_LEASE_BYTES, Math.floor(room / sharers));
        await ask(claimed, { maxBytes, strict: true });
      }
    };
    await Promise.all(Array.from({ length: CALLS_AT_ONCE }, lane));
    while (hasRoom()) {
      const claimed = this.#large.shift();
      if (claimed === undefined) break;
      await ask(claimed, { maxBytes: room });
    }
    return leased;
  }
}

export function bytesOf({ records }: Lease): number {
  return records.reduce((sum, { size }) => sum + size, 0);
}
