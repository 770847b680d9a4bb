// The calls to a session object about its dead letters. Each names the project: an object that is another
// project's answers as one that has none. Additive across versions.
import type { SealedRecord } from "../record.ts";
import type { DeadLetterRef } from "./ledger-calls.ts";

/** Which of an object's dead letters are meant: all that fit every condition. */
export interface LetterSelection {
  /** Public key of the project. */
  project: string;
  reason?: string;
  ordinals?: number[];
}

export interface LetterRequest extends LetterSelection {
  /** Longest text of a record's fields and metadata, in UTF-16 units; what is longer is cut. */
  maxLength?: number;
}

/** An earlier death of a record that was replayed. */
export interface EarlierDeath {
  /** Epoch ms. */
  at: number;
  reason: string;
  message: string;
}

export interface WholeLetter extends DeadLetterRef {
  record: SealedRecord;
  /** Texts of the record were cut. */
  cut?: true;
  /** The latest of its earlier deaths, oldest first. */
  earlier: EarlierDeath[];
  /** When it is dropped, epoch ms. */
  expiresAt: number;
}

export interface LetterChange {
  /** Records that were replayed, or dropped. */
  ordinals: number[];
  /** Letters that fit the selection and are left: they are too large for one call. */
  left: number;
}

/** Answers hold what the object has; it tells the ledger by itself of what changes. */
export interface DeadLetterCalls {
  deadLetters(request: LetterRequest): Promise<WholeLetter[]>;
  /** Into the outbox again, as they are. */
  replayDeadLetters(selection: LetterSelection): Promise<LetterChange>;
  dropDeadLetters(selection: LetterSelection): Promise<LetterChange>;
}
