import type { Figures } from "../../protocol/books/figures.ts";

/** The part of a state that its reports need. Replaced as a whole, never changed. */
export interface Books {
  /** When the session's journal began, epoch ms; 0 for one that has not. */
  born: number;
  /** The figures of the latest report that the ledger is known to have taken … */
  told?: Figures;
  /** … and its time, epoch ms; absent where an earlier version noted it. */
  toldAt?: number;
  /** Changes that the object itself is to tell of, of its dead letters above all … */
  letters: number;
  /** When the latest was, epoch ms. */
  changedAt: number;
  /** … and of those, the latest that the ledger is known to know. */
  announced: number;
}

export const NEW_BOOKS: Books = { born: 0, letters: 0, changedAt: 0, announced: 0 };
