// The records of dead letters on their way into storage keys of their own, and out of them: a state knows
// only what its letters are about, since it is loaded at each cold start. Derived from the journal and private,
// so that it is neither stored in it nor compared; the next write of the journal carries it out.
import type { SealedRecord, SpanOrigin } from "../../protocol/record.ts";
import type { DeadLetter } from "./letters.ts";

/** A dead letter as it is kept: also without its journal it says what it is. */
export interface LetterFile extends Omit<DeadLetter, "record"> {
  record: SealedRecord;
  /** Of a span. */
  origin?: SpanOrigin;
}

export class LetterFiles {
  readonly #puts = new Map<number, LetterFile>();
  readonly #removed = new Set<number>();

  get isEmpty(): boolean {
    return this.#puts.size === 0 && this.#removed.size === 0;
  }

  put(file: LetterFile): void {
    const { ordinal } = file.record;
    this.#removed.delete(ordinal);
    this.#puts.set(ordinal, file);
  }

  remove(ordinal: number): void {
    this.#puts.delete(ordinal);
    this.#removed.add(ordinal);
  }

  /** One that is not in storage yet. */
  find(ordinal: number): LetterFile | undefined {
    return this.#puts.get(ordinal);
  }

  get puts(): readonly LetterFile[] {
    return [...this.#puts.values()];
  }

  get removed(): readonly number[] {
    return [...this.#removed];
  }

  /** Storage has this one. */
  filed(ordinal: number): void {
    this.#puts.delete(ordinal);
  }

  /** Storage does not have this one. */
  gone(ordinal: number): void {
    this.#removed.delete(ordinal);
  }
}
