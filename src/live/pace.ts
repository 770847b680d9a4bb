// How often sessions may tell: as they like, until the hub has much to do. No I/O, no clock.

/** An object answers some thousand calls a second; what is told is sent on to every watcher. */
const MANY_PER_SECOND = 150;
const VERY_MANY_PER_SECOND = 400;
const QUIET_MS = 1_000;
const LONG_QUIET_MS = 5_000;

export class Pace {
  #second = 0;
  #count = 0;
  #before = 0;

  /** Counts a call; returns for how long its session is to be quiet, ms. */
  called(now: number): number {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#before = second === this.#second + 1 ? this.#count : 0;
      this.#second = second;
      this.#count = 0;
    }
    this.#count += 1;
    const rate = Math.max(this.#count, this.#before);
    if (rate > VERY_MANY_PER_SECOND) return LONG_QUIET_MS;
    return rate > MANY_PER_SECOND ? QUIET_MS : 0;
  }
}
