// Posts of an invocation: how many, and how many side by side, of the connections that it may open. A POST that waits
// for a connection would spend its timeout waiting, and look like one that Langfuse hung on. First come, first served.

/** Connections that the platform opens at once for one invocation. */
const CONNECTIONS = 6;
/** Posts of one project at once, its two kinds together. */
const MOST_AT_ONCE = 4;

/** Requests to others that the platform's free plan lets one invocation make, less two; beyond them a POST fails unsent. */
export const MAX_POSTS = 48;
/** Posts of a project in any case: finding one guilty record of a turn takes as many. */
const LEAST_POSTS = 8;

/** The posts that an invocation may make, shared by the projects of its batch. */
export class PostBudget {
  #left = MAX_POSTS;

  /** The posts for the next of so many projects that wait; 0 where too few are left for any. */
  take(waiting: number): number {
    if (this.#left < LEAST_POSTS) return 0;
    const posts = Math.max(LEAST_POSTS, Math.floor(this.#left / Math.max(waiting, 1)));
    this.#left -= posts;
    return posts;
  }

  giveBack(posts: number): void {
    this.#left += posts;
  }

  /** The platform lets no more be made: what is under way finds that out, and nothing else is begun. */
  end(): void {
    this.#left = Number.NEGATIVE_INFINITY;
  }
}

/** The posts that each of so many projects may have open at once. */
export function postsAtOnce(projects: number): number {
  return Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(CONNECTIONS / Math.max(projects, 1))));
}

export class PostSlots {
  readonly #all: number;
  #free: number;
  readonly #waiting: { slots: number; go: () => void }[] = [];

  constructor(slots: number) {
    this.#all = slots;
    this.#free = slots;
  }

  /** Slots that nobody has, or waits for. */
  get free(): number {
    return this.#waiting.length > 0 ? 0 : this.#free;
  }

  /** Waits for so many slots at once, or for all that there are; whoever takes some must release as many. */
  async take(wanted = 1): Promise<void> {
    const slots = Math.min(wanted, this.#all);
    if (this.#waiting.length === 0 && this.#free >= slots) this.#free -= slots;
    else await new Promise<void>((go) => this.#waiting.push({ slots, go }));
  }

  release(wanted = 1): void {
    this.#free += Math.min(wanted, this.#all);
    for (let [next] = this.#waiting; next && this.#free >= next.slots; [next] = this.#waiting) {
      this.#waiting.shift();
      this.#free -= next.slots;
      next.go();
    }
  }
}
