// The turns that a hub remembers, for watchers who come later or fall behind: the latest ones, within a bound of
// their number and of their size. No I/O, no clock.
import { MAX_OPEN_TURNS, type LiveTurn } from "../protocol/live.ts";
import { mergeTurn } from "../protocol/live/merge.ts";
import { shownTurn } from "./shown-turn.ts";

/** All turns together, in UTF-16 units of their JSON. */
const MAX_SIZE = 4 * 1024 * 1024;
/** A turn of which nothing was heard for so long is not going on any more: longer than open observations wait. */
const FORGET_AFTER_MS = 35 * 60_000;
/** One that ended is shown to those who come within this. */
const ENDED_KEPT_MS = 10 * 60_000;
/** Longest JSON that is stored, in UTF-16 units: in UTF-8 a row has at most 2 MB. */
const MAX_STORED_LENGTH = 600_000;

interface Remembered {
  turn: LiveTurn;
  size: number;
  /** When it was told of last, epoch ms. */
  at: number;
}

export class TurnMemory {
  /** By trace; what was told of last stands last. */
  readonly #turns = new Map<string, Remembered>();
  #size = 0;

  take(told: LiveTurn, now: number): void {
    const { traceId } = told;
    const before = this.#turns.get(traceId);
    const turn = mergeTurn(before?.turn, told);
    const size = JSON.stringify(turn).length;
    this.#remove(traceId);
    this.#turns.set(traceId, { turn, size, at: now });
    this.#size += size;
    for (const [oldest] of this.#turns) {
      if (this.#turns.size <= MAX_OPEN_TURNS && this.#size <= MAX_SIZE) break;
      if (oldest !== traceId) this.#remove(oldest);
    }
  }

  get(traceId: string): LiveTurn | undefined {
    return this.#turns.get(traceId)?.turn;
  }

  /** Those that were told of first come first. */
  all(now: number): LiveTurn[] {
    for (const [traceId, { turn, at }] of this.#turns) {
      const kept = turn.state === "ended" ? ENDED_KEPT_MS : FORGET_AFTER_MS;
      if (now - at > kept) this.#remove(traceId);
    }
    return Array.from(this.#turns.values(), ({ turn }) => turn);
  }

  forgetSession(sessionId: string): void {
    for (const [traceId, { turn }] of this.#turns) {
      if (turn.sessionId === sessionId) this.#remove(traceId);
    }
  }

  clear(): void {
    this.#turns.clear();
    this.#size = 0;
  }

  /** Without payloads: the latest that fit. */
  write(): string {
    const kept: string[] = [];
    let length = 2;
    for (const { turn, at } of [...this.#turns.values()].toReversed()) {
      const text = JSON.stringify([at, shownTurn(turn)]);
      length += text.length + 1;
      if (length > MAX_STORED_LENGTH) break;
      kept.push(text);
    }
    return `[${kept.toReversed().join(",")}]`;
  }

  /** An earlier version may have stored more. */
  read(text: string): void {
    for (const [at, turn] of JSON.parse(text) as [number, LiveTurn][]) {
      this.take(shownTurn(turn), at);
    }
  }

  #remove(traceId: string): void {
    this.#size -= this.#turns.get(traceId)?.size ?? 0;
    this.#turns.delete(traceId);
  }
}
