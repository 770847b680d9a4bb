// The budget of request bodies: bytes that an isolate holds at once, over all of its requests. Pure:
// `now` is an argument. Each body is bounded by itself as well; side by side they would still fill the
// isolate's 128 MB, and the runtime then ends all of its requests. A body that arrives slowly holds
// its bytes for long, so nobody may hold all of them: pools bound what one caller holds.

/**
 * A body of 4 MB costs up to five times as much while it is parsed, interpreted and handed to an
 * object: this many bytes stay below two thirds of the isolate's memory.
 */
export const MAX_HELD_BYTES = 16 * 1024 * 1024;
/** Of those, what only small bodies may use: a sender of large ones does not lock out chat turns. */
const RESERVED_FOR_SMALL_BYTES = 4 * 1024 * 1024;
/** A chat turn with a short history. */
const SMALL_BYTES = 64 * 1024;
/**
 * After so long a body is taken to be gone: the platform ends requests without a word to their code.
 * Longer than a body may take to arrive (request-body.ts) and an object to answer.
 */
const GONE_AFTER_MS = 120_000;

/** A bound that shares have together: those of one caller, of one address, of all strangers. */
export interface BodyPool {
  name: string;
  maxBytes: number;
}

/** The bytes that one request holds. */
export interface BodyShare {
  bytes: number;
  /** When its first bytes came, epoch ms. */
  since: number;
  pools: readonly BodyPool[];
}

export class BodyBudget {
  #heldBytes = 0;
  /** In the order of `since`. */
  readonly #shares = new Set<BodyShare>();
  /** By the pool's name; a pool that holds nothing has no entry. */
  readonly #pools = new Map<string, number>();

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** A share of nothing yet. */
  share(pools: readonly BodyPool[] = []): BodyShare {
    return { bytes: 0, since: 0, pools };
  }

  /** From here on the share counts in these pools, even where they are full: then it can't grow. */
  move(share: BodyShare, pools: readonly BodyPool[]): void {
    const bytes = this.#shares.has(share) ? share.bytes : 0;
    this.#count(share.pools, -bytes);
    share.pools = pools;
    this.#count(pools, bytes);
  }

  /** Adds bytes to a share; false, and nothing is added, where there is no room for them. */
  take(share: BodyShare, bytes: number, now: number): boolean {
    if (!this.#fits(share, bytes)) {
      this.#dropGone(now);
      if (!this.#fits(share, bytes)) return false;
    }
    if (!this.#shares.has(share)) {
      share.bytes = 0;
      share.since = now;
      this.#shares.add(share);
    }
    share.bytes += bytes;
    this.#heldBytes += bytes;
    this.#count(share.pools, bytes);
    return true;
  }

  /** Gives back all of a share; a second time nothing. */
  release(share: BodyShare): void {
    if (this.#shares.delete(share)) {
      this.#heldBytes -= share.bytes;
      this.#count(share.pools, -share.bytes);
    }
    share.bytes = 0;
  }

  #fits(share: BodyShare, bytes: number): boolean {
    const isSmall = share.bytes + bytes <= SMALL_BYTES;
    const limit = isSmall ? MAX_HELD_BYTES : MAX_HELD_BYTES - RESERVED_FOR_SMALL_BYTES;
    return (
      this.#heldBytes + bytes <= limit &&
      share.pools.every(({ name, maxBytes }) => this.#heldIn(name) + bytes <= maxBytes)
    );
  }

  #heldIn(pool: string): number {
    return this.#pools.get(pool) ?? 0;
  }

  #count(pools: readonly BodyPool[], bytes: number): void {
    for (const { name } of pools) {
      const held = this.#heldIn(name) + bytes;
      if (held > 0) this.#pools.set(name, held);
      else this.#pools.delete(name);
    }
  }

  #dropGone(now: number): void {
    for (const share of this.#shares) {
      if (now - share.since < GONE_AFTER_MS) return;
      this.release(share);
    }
  }
}
