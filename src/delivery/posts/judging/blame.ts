// The fault of a record that was not taken although it was posted alone: its own, or that of the moment and of
// every such request. Pure. A record is blamed only where Langfuse took others of its kind; a
// mistake of ours, another version, a Langfuse that is down refuse everything, and then nothing may die.
import type { Failure } from "../failure.ts";
import type { EncodedRecord } from "../pack.ts";

/** A record that was not taken in a request of its own. */
export interface NotTaken {
  record: EncodedRecord;
  /** `refused` by status 400, or by an event's own; else Langfuse said nothing of the record. */
  how: "refused" | "failed";
  /** The subject of a refusal's words. */
  about: "request" | "record" | "unsaid";
  failure: Failure;
  /** Langfuse's words. */
  message: string;
  /** Others of the kind had been taken before the request was sent. */
  hadProof?: boolean;
}

/** The proof that Langfuse takes records of the kind. */
export type Proof =
  /** Others were taken in the same pass, … */
  | "now"
  /** … or between this try and the one before, by any consumer … */
  | "lately"
  /** … or there is none. */
  | "none";

/** The record's earlier tries in requests of its own. Epoch ms. */
export interface Earlier {
  failures: number;
  since: number;
}

export type Blame = "dead" | "set_aside" | "left";

/** Failures of a record alone before it is given up: with one instance of two down, one in a thousand … */
const FAILURES = 10;
/** … and the least time between the first and the last of them. */
const LEAST_MS = 5 * 60_000;

export function blame(
  { how, about }: NotTaken,
  proof: Proof,
  earlier: Earlier | undefined,
  now: number,
): Blame {
  if (how === "refused" && (about === "record" || proof === "now")) return "dead";
  if (proof === "none") return "left";
  const { failures, since } = earlier ?? { failures: 0, since: now };
  return failures + 1 >= FAILURES && now - since >= LEAST_MS ? "dead" : "set_aside";
}

/** A refusal that names no record may have been everybody's, unless others were taken before it. */
export function mayBeTheMoment({ how, about }: NotTaken): boolean {
  return how === "refused" && about !== "record";
}

/** Langfuse's words, and what was tried. */
export function story({ message }: NotTaken, earlier: Earlier | undefined, now: number): string {
  if (earlier === undefined) return message;
  const minutes = Math.round((now - earlier.since) / 60_000);
  return `${message} (posted alone ${earlier.failures + 1} times in ${minutes} minutes, while others were taken)`;
}
