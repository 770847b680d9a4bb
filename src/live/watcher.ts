// One watcher: how much may be on its way to it, and what it is behind with. What it does not take in time is not
// queued: which turns it is about is remembered, and they are told as they are then. No I/O, no clock.
import { MAX_OPEN_TURNS, MAX_UNACKNOWLEDGED } from "../protocol/live.ts";

/** What outlasts the hub's hibernation, in the socket's attachment. */
export interface WatcherState {
  project: string;
  content: boolean;
  /** When its token expires, epoch ms. */
  until: number;
  /** Messages sent, and those of them that were read. */
  sent: number;
  acked: number;
  /** Changes that were not told it. */
  skipped: number;
}

export class Watcher {
  state: WatcherState;
  /** Turns that have changed since, by trace; those of before a hibernation are not known. */
  readonly #behind = new Set<string>();

  constructor(state: WatcherState) {
    this.state = state;
  }

  get hasRoom(): boolean {
    return this.state.sent - this.state.acked < MAX_UNACKNOWLEDGED;
  }

  get isBehind(): boolean {
    return this.state.skipped > 0 || this.#behind.size > 0;
  }

  /**
   * There is room for what it missed: for several messages, or each one that is read would make room for the next word
   * of how much was skipped, and for nothing else.
   */
  get mayCatchUp(): boolean {
    return this.isBehind && this.state.sent - this.state.acked <= MAX_UNACKNOWLEDGED / 2;
  }

  /** The number of the next message. */
  next(): number {
    this.state.sent += 1;
    return this.state.sent;
  }

  skip(traces: Iterable<string>, changes: number): void {
    this.state.skipped += changes;
    for (const trace of traces) this.#behind.add(trace);
    // Of more turns the hub remembers nothing either.
    for (const oldest of this.#behind) {
      if (this.#behind.size <= MAX_OPEN_TURNS) break;
      this.#behind.delete(oldest);
    }
  }

  /** False for an acknowledgement of what was never sent. */
  acknowledge(n: number): boolean {
    if (!Number.isInteger(n) || n < 0 || n > this.state.sent) return false;
    this.state.acked = Math.max(this.state.acked, n);
    return true;
  }

  /** What it is to be told now that there is room: how much it missed, and of which turns. */
  catchUp(): { skipped: number; traces: string[] } {
    const { skipped } = this.state;
    const traces = [...this.#behind];
    this.state.skipped = 0;
    this.#behind.clear();
    return { skipped, traces };
  }
}
