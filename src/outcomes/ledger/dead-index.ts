// The project's index of dead letters: which objects have which. Pure. The objects are the truth; each tells
// all of its letters, and they replace what was known of it.
import type {
  DeadLetterList,
  IndexedLetter,
  LetterPage,
  LetterQuery,
} from "../../protocol/books/ledger-calls.ts";

/** Letters that are indexed, at about 300 bytes each; objects beyond them tell again later. */
export const MAX_INDEXED = 10_000;

/** Letters by object. */
export type DeadIndex = ReadonlyMap<string, DeadLetterList["letters"]>;

export function indexedCount(index: DeadIndex): number {
  let count = 0;
  for (const letters of index.values()) count += letters.length;
  return count;
}

/** Does the index hold these too, in place of those of the same object? */
export function hasRoom(index: DeadIndex, { object, letters }: DeadLetterList): boolean {
  const others = indexedCount(index) - (index.get(object)?.length ?? 0);
  return letters.length === 0 || others + letters.length <= MAX_INDEXED;
}

export function lettersPage(
  index: DeadIndex,
  { reason, objects, cursor, limit }: LetterQuery,
): LetterPage {
  const asked = objects && new Set(objects);
  const found: IndexedLetter[] = [];
  for (const [object, letters] of index) {
    if (asked?.has(object) === false) continue;
    for (const letter of letters) {
      if (reason === undefined || letter.reason === reason) found.push({ object, ...letter });
    }
  }
  found.sort(byNewest);
  const behind = cursor === undefined ? found : found.filter((letter) => isBehind(letter, cursor));
  const letters = behind.slice(0, limit);
  const last = letters.at(-1);
  const more = behind.length > letters.length && last !== undefined;
  return {
    letters,
    ...(more && { nextCursor: cursorOf(last) }),
    total: found.length,
    byReason: countByReason(found),
  };
}

function countByReason(letters: readonly IndexedLetter[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { reason } of letters) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function byNewest(a: IndexedLetter, b: IndexedLetter): number {
  if (a.at !== b.at) return b.at - a.at;
  if (a.object !== b.object) return a.object < b.object ? -1 : 1;
  return a.ordinal - b.ordinal;
}

function cursorOf({ at, object, ordinal }: IndexedLetter): string {
  return `${at}.${object}.${ordinal}`;
}

/** Also where the letter that the cursor names has gone meanwhile. */
function isBehind(letter: IndexedLetter, cursor: string): boolean {
  const [at, object = "", ordinal] = cursor.split(".");
  const place = { ...letter, at: Number(at), object, ordinal: Number(ordinal) };
  return byNewest(place, letter) < 0;
}
