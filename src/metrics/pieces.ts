// A text in rows: in several pieces where it is longer than a row may be.

type Kv = Pick<SyncKvStorage, "get" | "put" | "delete">;

/** UTF-16 units of a piece: a row holds 2 MB, and a unit may take two bytes. */
const PIECE_LENGTH = 900_000;

/** @param keyOf the key of the n-th piece, from 0 */
export function putPieces(kv: Kv, keyOf: (n: number) => string, text: string): void {
  let n = 0;
  for (let from = 0; from < text.length; from += PIECE_LENGTH, n += 1) {
    kv.put(keyOf(n), text.slice(from, from + PIECE_LENGTH));
  }
  // It may have been longer before.
  for (; kv.get(keyOf(n)) !== undefined; n += 1) kv.delete(keyOf(n));
}

/** Undefined where there is none. */
export function getPieces(kv: Kv, keyOf: (n: number) => string): string | undefined {
  let text: string | undefined;
  for (let n = 0; ; n += 1) {
    const piece = kv.get<string>(keyOf(n));
    if (piece === undefined) return text;
    text = (text ?? "") + piece;
  }
}
