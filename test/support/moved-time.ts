// Time that a test moves: what is planned happens at its moment, in order, and nothing waits for real time.
export const T0 = 1_795_380_000_000;

export class MovedTime {
  now = T0;
  readonly #events: { at: number; run: () => void }[] = [];

  /** In so many ms. */
  after(ms: number, run: () => void): void {
    // Latest first; of those at one time, the one that was planned last.
    const at = this.now + Math.max(ms, 0);
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { at, run });
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Moves time on by so many seconds. */
  async run(seconds: number): Promise<void> {
    const until = this.now + seconds * 1000;
    await settled();
    for (;;) {
      const next = this.#events.at(-1);
      if (next === undefined || next.at > until) break;
      this.#events.pop();
      this.now = Math.max(this.now, next.at);
      next.run();
      await settled();
    }
    this.now = until;
  }
}

/** All that goes on without waiting for moved time has been done. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
