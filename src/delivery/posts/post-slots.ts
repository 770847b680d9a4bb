// Posts side by side, of the connections that a Worker's invocation may open: a POST that waits for a
// connection would spend its timeout waiting, and look like one that Langfuse hung on. First come, first served.

/** Connections that the platform opens at once for one invocation. */
const CONNECTIONS = 6;
/** Posts of one project at once, its two kinds together. */
const MOST_AT_ONCE = 4;

/** The posts that each of so many projects may have open at once. */
export function postsAtOnce(projects: number): number {
  return Math.max(1, Math.min(MOST_AT_ONCE, Math.floor(CONNECTIONS / Math.max(projects, 1))));
}

export class PostSlots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(slots: number) {
    this.#free = slots;
  }

  /** Waits for a slot; whoever takes one must release it. */
  async take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
