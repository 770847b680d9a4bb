// The moment at which a pass only waits for Langfuse: one of its POSTs has no answer, and for a while none has
// begun or ended. Then whoever waits for the pass need not wait any longer; it goes on by itself.

/** Longer than most answers take, and short beside the seconds that a delivery has taken by then. */
export const STANDSTILL_MS = 500;

export interface StandstillDeps {
  now: () => number;
  wait: (ms: number) => Promise<void>;
}

export class Standstill {
  readonly #deps: StandstillDeps;
  #posts = 0;
  /** The last time at which a POST began or ended, epoch ms. */
  #lastAt: number;
  #isOver = false;

  constructor(deps: StandstillDeps) {
    this.#deps = deps;
    this.#lastAt = deps.now();
  }

  async during<T>(post: () => Promise<T>): Promise<T> {
    this.#change(1);
    try {
      return await post();
    } finally {
      this.#change(-1);
    }
  }

  /** The pass is over: it will not stand still. */
  end(): void {
    this.#isOver = true;
  }

  /** True when it stands still, false when it is over before. */
  async reached(): Promise<boolean> {
    const { now, wait } = this.#deps;
    while (!this.#isOver) {
      const restMs = this.#lastAt + STANDSTILL_MS - now();
      if (restMs <= 0 && this.#posts > 0) return true;
      await wait(restMs > 0 ? restMs : STANDSTILL_MS);
    }
    return false;
  }

  #change(by: number): void {
    this.#posts += by;
    this.#lastAt = this.#deps.now();
  }
}
