// Phone numbers, as far as their form tells them from other numbers: with `+` or `00` and a country,
// with a trunk 0, or in the North American grouping. A bare run of digits is one only behind a 0.
import { beginsAt, endsAt, isDigit, isSpace, isWord, nextOf, runEnd, tableOf } from "../text.ts";
import type { Edges, Scan, Span, Text } from "../text.ts";

const HASH = 35;
const OPEN = 40;
const CLOSE = 41;
const PLUS = 43;
const HYPHEN = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const ONE = 49;
const COLON = 58;
/** The longest that a country and a number may be (E.164). */
const MAX_DIGITS = 15;

/** Digits that stand together, and where they end. */
interface Group {
  size: number;
  end: number;
}
/** Possible ends of the number, the farthest last. */
type EndOf = (text: Text, start: number, edges: Edges) => number | undefined;

const BEGINNINGS = tableOf("0123456789+(");

export const phone: Scan = (text, edges) => {
  const spans: Span[] = [];
  let i = nextOf(text, 0, BEGINNINGS);
  let floor = edges.left ? 0 : -1;
  while (i < text.length) {
    const end = phoneEnd(text, i, floor, edges);
    if (end !== undefined) {
      spans.push({ start: i, end });
      floor = end;
    }
    const behind = isDigit(text.charCodeAt(i)) ? runEnd(text, i, isDigit) : i + 1;
    i = nextOf(text, end ?? behind, BEGINNINGS);
  }
  return spans;
};

/** `floor`: where the number before it ends, which a second pass will see as a cut. */
function phoneEnd(text: Text, start: number, floor: number, edges: Edges): number | undefined {
  if (!beginsAt(text, start, edges) || isContinued(text, start, floor)) return undefined;
  const isPlus = text.charCodeAt(start) === PLUS;
  const forms = isPlus ? [international] : [prefixed, trunk, northAmerican];
  for (const form of forms) {
    const end = form(text, start, edges);
    if (end !== undefined) return end;
  }
  return undefined;
}

/** Behind a sign that joins it to what stands before: a part of an id, a date, a fraction. */
function isContinued(text: Text, start: number, floor: number): boolean {
  if (start === 0) return false;
  const sign = text.charCodeAt(start - 1);
  if (sign === PLUS || sign === HASH) return true;
  const before = start - 1 === floor ? NaN : text.charCodeAt(start - 2);
  if (sign === HYPHEN || sign === DOT) return isWord(before);
  // `tel:0171…` and `phone/0171…` name what follows; `12:` and `22/` do not.
  return (sign === SLASH || sign === COLON) && isDigit(before);
}

/** `+49 30 1234567` */
const international: EndOf = (text, start, edges) => {
  const first = text.charCodeAt(start + 1) === OPEN ? start + 2 : start + 1;
  if (!isCountry(text.charCodeAt(first))) return undefined;
  return farthest(text, groupsAt(text, first, MAX_DIGITS), 7, edges);
};

/** `0049 30 1234567` */
const prefixed: EndOf = (text, start, edges) => {
  const zeros = text.charCodeAt(start) === ZERO && text.charCodeAt(start + 1) === ZERO;
  const rest = isSpace(text.charCodeAt(start + 2)) ? start + 3 : start + 2;
  if (!zeros || !isCountry(text.charCodeAt(rest))) return undefined;
  return farthest(text, groupsAt(text, rest, 13), 8, edges);
};

/** `030 1234567`, `(0171) 1234567`, `07911123456` */
const trunk: EndOf = (text, start, edges) => {
  const first = text.charCodeAt(start) === OPEN ? start + 1 : start;
  const isTrunk = text.charCodeAt(first) === ZERO && isCountry(text.charCodeAt(first + 1));
  if (!isTrunk) return undefined;
  const groups = groupsAt(text, first, 12);
  const end = farthest(text, groups, groups.length > 1 ? 9 : 10, edges);
  return end === undefined || isDate(groups) || goesOn(text, end) ? undefined : end;
};

/** `415-555-0132`, `(415) 555 0132`, `1-415-555-0132` */
const northAmerican: EndOf = (text, start, edges) => {
  const led = text.charCodeAt(start) === ONE;
  const from = led ? gapEnd(text, start + 1) : start;
  if (led && from === start + 1) return undefined;
  const first = text.charCodeAt(from) === OPEN ? from + 1 : from;
  const [area, exchange, line] = groupsAt(text, first, 10);
  if (area?.size !== 3 || exchange?.size !== 3 || line?.size !== 4) return undefined;
  const next = gapEnd(text, area.end);
  if (!isAreaDigit(text.charCodeAt(first)) || !isAreaDigit(text.charCodeAt(next))) return undefined;
  return endsAt(text, line.end, edges) ? line.end : undefined;
};

const isCountry = (code: number): boolean => code >= ONE && code <= 57;
const isAreaDigit = (code: number): boolean => code >= 50 && code <= 57;

/** Groups of digits with one sign, or a bracket and a space, between them; up to so many digits. */
function groupsAt(text: Text, start: number, max: number): Group[] {
  const groups: Group[] = [];
  let from = start;
  let total = 0;
  while (isDigit(text.charCodeAt(from))) {
    let end = from;
    while (end - from <= max && isDigit(text.charCodeAt(end))) end += 1;
    total += end - from;
    if (total > max) break;
    groups.push({ size: end - from, end });
    from = gapEnd(text, end);
    if (from === end) break;
  }
  return groups;
}

function gapEnd(text: Text, from: number): number {
  let end = from;
  let signs = 0;
  while (end < from + 3) {
    const code = text.charCodeAt(end);
    const bracket = code === OPEN || code === CLOSE;
    const sign = isSpace(code) || code === HYPHEN || code === DOT || code === SLASH;
    if (!bracket && (!sign || signs === 1)) break;
    if (sign) signs += 1;
    end += 1;
  }
  return end;
}

/** The end of the last group at which there are enough digits and nothing goes on. */
function farthest(
  text: Text,
  groups: readonly Group[],
  min: number,
  edges: Edges,
): number | undefined {
  let total = 0;
  let found: number | undefined;
  for (const { size, end } of groups) {
    total += size;
    if (total >= min && endsAt(text, end, edges)) found = end;
  }
  return found;
}

/** Joined to what stands behind: an id with digits in front. */
function goesOn(text: Text, end: number): boolean {
  return text.charCodeAt(end) === HYPHEN && isWord(text.charCodeAt(end + 1));
}

/** Day, month and year. */
function isDate([day, month, year]: readonly Group[]): boolean {
  return day?.size === 2 && month?.size === 2 && year?.size === 4;
}
