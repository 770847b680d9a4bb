// Records that Langfuse refused although they were posted alone (400), until it is known whether
// the record or the request itself is at fault. A mistake of ours, or a Langfuse that speaks another
// version, refuses everything: then nothing may be buried. Pure bookkeeping of one pass.
import type { WireKind } from "../langfuse/encode.ts";
import type { Parcel } from "./pack.ts";

export interface Suspect {
  parcel: Parcel;
  about: "request" | "record" | "unsaid";
  /** Langfuse's words. */
  message: string;
}

export class Suspects {
  readonly #suspects: Suspect[] = [];
  /** Kinds of which something was taken in this pass: requests of that kind are not wrong. */
  readonly #proven = new Set<WireKind>();

  prove(kind: WireKind): void {
    this.#proven.add(kind);
  }

  add(suspect: Suspect): void {
    this.#suspects.push(suspect);
  }

  /**
   * Two records refused in the same words and nothing of their kind taken: the request is at fault
   * as far as can be seen, and splitting on would only repeat it.
   */
  blameRequest(kind: WireKind): boolean {
    if (this.#proven.has(kind)) return false;
    const words = this.#suspects
      .filter(({ parcel, about }) => parcel.kind === kind && about !== "record")
      .map(({ message }) => message);
    return new Set(words).size < words.length;
  }

  /** At the end of a pass; `stopped` if it ended before everything was tried. */
  verdicts(stopped: boolean): { guilty: Suspect[]; unproven: Suspect[] } {
    const isGuilty = ({ parcel, about }: Suspect): boolean =>
      this.#proven.has(parcel.kind) || about === "record" || (about === "unsaid" && !stopped);
    return {
      guilty: this.#suspects.filter(isGuilty),
      unproven: this.#suspects.filter((suspect) => !isGuilty(suspect)),
    };
  }
}
