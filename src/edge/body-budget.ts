// How many bytes of request bodies an isolate holds at once, over all of its requests. Pure: `now` is
// an argument. Each body is bounded by itself as well; side by side they would still fill the
// isolate's 128 MB, and the runtime then ends all of its requests.

/**
 * A body of 4 MB costs up to five times as much while it is parsed, interpreted and handed to an
 * object: this many bytes stay below two thirds of the isolate's memory.
 */
export const MAX_HELD_BYTES = 16 * 1024 * 1024;
/** Of those, what only small bodies may use: who sends large ones does not lock out chat turns. */
const RESERVED_FOR_SMALL_BYTES = 4 * 1024 * 1024;
/** A chat turn with a short history. */
const SMALL_BYTES = 64 * 1024;
/**
 * After so long a body is taken to be gone: the platform ends requests without a word to their code.
 * Longer than a body may take to arrive (request-body.ts) and an object to answer.
 */
const GONE_AFTER_MS = 120_000;

/** One request's share. */
export interface Held {
  bytes: number;
  /** Of its first bytes, epoch ms. */
  since: number;
}

export class BodyBudget {
  #heldBytes = 0;
  /** In the order of `since`. */
  readonly #shares = new Set<Held>();

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** A share of nothing yet. */
  share(): Held {
    return { bytes: 0, since: 0 };
  }

  /** Adds bytes to a share; false, and nothing is added, where there is no room for them. */
  take(share: Held, bytes: number, now: number): boolean {
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
    return true;
  }

  /** Gives back all of a share; a second time nothing. */
  release(share: Held): void {
    if (this.#shares.delete(share)) this.#heldBytes -= share.bytes;
    share.bytes = 0;
  }

  #fits(share: Held, bytes: number): boolean {
    const isSmall = share.bytes + bytes <= SMALL_BYTES;
    const limit = isSmall ? MAX_HELD_BYTES : MAX_HELD_BYTES - RESERVED_FOR_SMALL_BYTES;
    return this.#heldBytes + bytes <= limit;
  }

  #dropGone(now: number): void {
    for (const share of this.#shares) {
      if (now - share.since < GONE_AFTER_MS) return;
      this.release(share);
    }
  }
}
