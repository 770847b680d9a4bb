// Shared by the scanners of text: where a value may begin and end, and kinds of characters.

/** The part of a string's interface that scanners use: a test counts their steps through it. */
export type Text = Pick<string, "length" | "charCodeAt" | "indexOf">;

export interface Span {
  start: number;
  end: number;
}

/**
 * Whether a masked value stands right before or behind this text. Nothing begins or ends there: a cut
 * must not turn a part of the whole text into a value, or masking twice would find more.
 */
export interface Edges {
  left: boolean;
  right: boolean;
}

/** Finds the ranges to mask, in ascending order, in time linear in the text's length. */
export type Scan = (text: Text, edges: Edges) => Span[];

export const isDigit = (code: number): boolean => code >= 48 && code <= 57;
/** ASCII only. */
export const isLetter = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;
export const isAlphanumeric = (code: number): boolean => isLetter(code) || isDigit(code);
export const isWord = (code: number): boolean => isAlphanumeric(code) || code === 95;
export const isHex = (code: number): boolean =>
  isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102);
/** Of tokens: letters, digits, `-` and `_`. */
export const isBase64Url = (code: number): boolean => isWord(code) || code === 45;
export const isSpace = (code: number): boolean => code === 32 || code === 160 || code === 9;

/** The codes of ASCII signs: 1 where one is meant. */
export function tableOf(signs: Iterable<string>): Uint8Array {
  const table = new Uint8Array(128);
  for (const sign of signs) table[sign.charCodeAt(0)] = 1;
  return table;
}

const BACKSLASH = 92;

/**
 * The number of characters at `i` that belong to an escape that begins before it: payloads are often JSON text
 * inside of text, where the `n` of `\n` is no letter, and where half an escape would break the JSON.
 */
export function escapedAt(text: Text, i: number): number {
  if (i === 0 || text.charCodeAt(i - 1) !== BACKSLASH) return 0;
  const code = text.charCodeAt(i);
  if (code === 117 && [1, 2, 3, 4].every((n) => isHex(text.charCodeAt(i + n)))) return 5;
  // b f n r t
  return code === 98 || code === 102 || code === 110 || code === 114 || code === 116 ? 1 : 0;
}

/** Whether a value may begin at `i`: not inside of a word. */
export function beginsAt(text: Text, i: number, edges: Edges): boolean {
  if (i === 0) return !edges.left;
  if (!isWord(text.charCodeAt(i - 1))) return true;
  return escapedAt(text, i - 1) === 1 || (i >= 5 && escapedAt(text, i - 5) === 5);
}

/** Whether a value may end before `i`. */
export function endsAt(text: Text, i: number, edges: Edges): boolean {
  return i === text.length ? !edges.right : !isWord(text.charCodeAt(i));
}

/** The next place of a sign in the table; the text's length where there is none. */
export function nextOf(text: Text, from: number, table: Uint8Array): number {
  const { length } = text;
  let i = from;
  while (i < length && table[text.charCodeAt(i)] !== 1) i += 1;
  return i;
}

const ALPHANUMERIC = tableOf("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

/** The same, but not inside of a word, as far as a quick look tells. */
export function nextWordOf(text: Text, from: number, table: Uint8Array): number {
  const { length } = text;
  let before = from > 0 ? ALPHANUMERIC[text.charCodeAt(from - 1)] : 0;
  for (let i = from; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if (table[code] === 1 && (before !== 1 || mayBeEscaped(text, i))) return i;
    before = ALPHANUMERIC[code];
  }
  return length;
}

const mayBeEscaped = (text: Text, i: number): boolean =>
  text.charCodeAt(i - 2) === BACKSLASH || text.charCodeAt(i - 6) === BACKSLASH;

/** The end of the run of characters that `isPart` accepts, from `from` on; not beyond `limit`. */
export function runEnd(
  text: Text,
  from: number,
  isPart: (code: number) => boolean,
  limit = text.length,
): number {
  let end = from;
  const last = Math.min(limit, text.length);
  while (end < last && isPart(text.charCodeAt(end))) end += 1;
  return end;
}

/** Whether `word`, which is in lower case, stands at `at`, in whatever case. */
export function hasWord(text: Text, at: number, word: string): boolean {
  for (let n = 0; n < word.length; n += 1) {
    const code = text.charCodeAt(at + n);
    const lower = code >= 65 && code <= 90 ? code + 32 : code;
    if (lower !== word.charCodeAt(n)) return false;
  }
  return true;
}

/** Whether exactly this stands at `at`. */
export function hasText(text: Text, at: number, exact: string): boolean {
  for (let n = 0; n < exact.length; n += 1) {
    if (text.charCodeAt(at + n) !== exact.charCodeAt(n)) return false;
  }
  return true;
}
