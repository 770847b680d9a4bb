// How many objects a project's figures need: more, when one of them has been told more turns than it should have to
// add up. Never fewer again: what the others hold is read for as long as it is kept. Pure.

/** Turns that one object takes in a second, at a tenth of its time or so; far below what it could. */
export const TURNS_A_SECOND = 1_000;
/** Counted over so long: one full batch is no load. */
const WINDOW_MS = 10_000;
export const MAX_SHARDS = 16;

export class Load {
  #since = 0;
  #turns = 0;

  /** @returns the number from now on, `before` or twice as many */
  shardsFor(turns: number, now: number, before: number): number {
    if (now - this.#since >= WINDOW_MS || now < this.#since) {
      this.#since = now;
      this.#turns = 0;
    }
    this.#turns += turns;
    if (this.#turns < (TURNS_A_SECOND * WINDOW_MS) / 1000) return before;
    this.#turns = 0;
    this.#since = now;
    return Math.min(before * 2, MAX_SHARDS);
  }
}
