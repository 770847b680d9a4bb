// Email addresses: found by their `@` (or `%40`, as URLs have it), then read to both sides. A local
// part is read as far as it goes, since a part of an address is still an address.
import {
  escapedAt,
  isAlphanumeric,
  isLetter,
  tableOf,
  type Scan,
  type Span,
  type Text,
} from "../text.ts";

const DOT = 46;
const HYPHEN = 45;
const PERCENT = 37;

/** Letters beyond ASCII up to the Cyrillic ones; further scripts write without spaces between words. */
const isFarLetter = (code: number): boolean => code >= 0xc0 && code <= 0x52f;
const isLocal = (code: number): boolean =>
  isAlphanumeric(code) || LOCAL_SIGNS[code] === 1 || isFarLetter(code);
const LOCAL_SIGNS = tableOf("._+-'~");
const isDomain = (code: number): boolean =>
  isAlphanumeric(code) || code === DOT || code === HYPHEN || isFarLetter(code);
const isNaming = (code: number): boolean => isAlphanumeric(code) || isFarLetter(code);

export const email: Scan = (text) => {
  const spans: Span[] = [];
  let plain = text.indexOf("@");
  let encoded = text.indexOf("%40");
  // Nothing before it is read again: what stands between two signs is read once to each side.
  let floor = 0;
  while (plain !== -1 || encoded !== -1) {
    const isPlain = plain !== -1 && (encoded === -1 || plain < encoded);
    const at = isPlain ? plain : encoded;
    const behind = at + (isPlain ? 1 : 3);
    const start = localStart(text, at, floor, !isPlain);
    const end = domainEnd(text, behind);
    floor = behind;
    if (start < at && end !== undefined) {
      spans.push({ start, end });
      floor = end;
    }
    if (plain !== -1 && plain < floor) plain = text.indexOf("@", floor);
    if (encoded !== -1 && encoded < floor) encoded = text.indexOf("%40", floor);
  }
  return spans;
};

/** The start of the local part; `at` where there is none. */
function localStart(text: Text, at: number, floor: number, encoded: boolean): number {
  let start = at;
  while (start > floor) {
    const code = text.charCodeAt(start - 1);
    if (!isLocal(code) && !(encoded && code === PERCENT)) break;
    start -= 1;
  }
  start += escapedAt(text, start);
  while (start < at && !isNaming(text.charCodeAt(start)) && text.charCodeAt(start) !== 95)
    start += 1;
  return Math.min(start, at);
}

/** The end of the domain; undefined where none of its labels could be a top level domain. */
function domainEnd(text: Text, from: number): number | undefined {
  if (!isNaming(text.charCodeAt(from))) return undefined;
  let end = from;
  let named = false;
  for (let code = text.charCodeAt(end); end < text.length && isDomain(code);) {
    named ||= code === DOT && isTop(text, end + 1);
    end += 1;
    code = text.charCodeAt(end);
  }
  if (!named) return undefined;
  while (!isNaming(text.charCodeAt(end - 1))) end -= 1;
  return end;
}

/** Two letters: no version number, as in `react@19.3.1`. */
function isTop(text: Text, at: number): boolean {
  return [at, at + 1].every((i) => isLetter(text.charCodeAt(i)) || isFarLetter(text.charCodeAt(i)));
}
