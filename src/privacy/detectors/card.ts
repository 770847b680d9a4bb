// Payment card numbers: 13 to 19 digits, glued or in the groups that cards show, that begin as a
// network's numbers do and whose check digit (Luhn) is right. No network's numbers begin with 1, so
// epoch times are none, in whatever unit.
import {
  beginsAt,
  endsAt,
  isDigit,
  nextOf,
  runEnd,
  tableOf,
  type Edges,
  type Scan,
  type Span,
  type Text,
} from "../text.ts";

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;
const DOT = 46;
const DIGITS = tableOf("0123456789");

export const card: Scan = (text, edges) => {
  const spans: Span[] = [];
  let i = nextOf(text, 0, DIGITS);
  while (i < text.length) {
    const end = cardEnd(text, i, edges);
    if (end !== undefined) spans.push({ start: i, end });
    i = nextOf(text, end ?? runEnd(text, i, isDigit), DIGITS);
  }
  return spans;
};

/** The digits of a number as JSON has it. */
export function isCardNumber(value: number): boolean {
  const text = String(value);
  return Number.isSafeInteger(value) && value >= 1e12 && isCard(digitsOf(text, 0, text.length));
}

function cardEnd(text: Text, start: number, edges: Edges): number | undefined {
  if (!isFirst(text.charCodeAt(start))) return undefined;
  if (!beginsAt(text, start, edges) || isFraction(text, start, edges)) return undefined;
  const first = runEnd(text, start, isDigit);
  const length = first - start;
  if (length >= MIN_DIGITS) {
    const fits = length <= MAX_DIGITS && endsAt(text, first, edges);
    return fits && isCard(digitsOf(text, start, first)) ? first : undefined;
  }
  return length === 4 ? groupedEnd(text, start, edges) : undefined;
}

/** Groups of 2 to 6 digits behind a first one of four, all with the same sign between them. */
function groupedEnd(text: Text, start: number, edges: Edges): number | undefined {
  const separator = text.charCodeAt(start + 4);
  if (!SEPARATORS.has(separator)) return undefined;
  const digits = digitsOf(text, start, start + 4);
  let end = start + 4;
  let found: number | undefined;
  while (text.charCodeAt(end) === separator) {
    const next = runEnd(text, end + 1, isDigit);
    const size = next - end - 1;
    if (size < 2 || size > 6 || digits.length + size > MAX_DIGITS) break;
    digits.push(...digitsOf(text, end + 1, next));
    end = next;
    if (digits.length >= MIN_DIGITS && endsAt(text, end, edges) && isCard(digits)) found = end;
  }
  return found;
}

const SEPARATORS: ReadonlySet<number> = new Set([32, 45, DOT, 160]);

/** Also behind a cut: what stood there may have been digits. */
function isFraction(text: Text, start: number, edges: Edges): boolean {
  if (start === 0 || text.charCodeAt(start - 1) !== DOT) return false;
  return start === 1 ? edges.left : isDigit(text.charCodeAt(start - 2));
}

function digitsOf(text: Text, start: number, end: number): number[] {
  const digits: number[] = [];
  for (let i = start; i < end; i += 1) digits.push(text.charCodeAt(i) - 48);
  return digits;
}

/** 2 to 6, and 8. */
const isFirst = (code: number): boolean => (code >= 50 && code <= 54) || code === 56;

function isCard(digits: readonly number[]): boolean {
  return isLuhn(digits) && isIssued(digits);
}

/** First and last beginning of a network's numbers, to four digits, and how many digits they have. */
const NETWORKS: readonly (readonly [first: number, last: number, min: number, max: number])[] = [
  [4000, 4999, 13, 13],
  [4000, 4999, 16, 16],
  [4000, 4999, 19, 19],
  [5100, 5599, 16, 16],
  [2221, 2720, 16, 16],
  [3400, 3499, 15, 15],
  [3700, 3799, 15, 15],
  [6011, 6011, 16, 19],
  [6440, 6599, 16, 19],
  [3528, 3589, 16, 19],
  [3000, 3059, 14, 19],
  [3090, 3099, 14, 19],
  [3600, 3699, 14, 19],
  [3800, 3999, 14, 19],
  [6200, 6299, 16, 19],
  [8100, 8299, 16, 19],
  [2200, 2204, 16, 19],
  [5080, 5089, 16, 16],
  [6000, 6099, 16, 16],
  [5018, 5018, 13, 19],
  [5020, 5020, 13, 19],
  [5038, 5038, 13, 19],
  [5893, 5893, 13, 19],
  [6304, 6304, 13, 19],
  [6759, 6763, 13, 19],
];

function isIssued(digits: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0, d = 0] = digits;
  const beginning = a * 1000 + b * 100 + c * 10 + d;
  return NETWORKS.some(
    ([first, last, min, max]) =>
      beginning >= first && beginning <= last && digits.length >= min && digits.length <= max,
  );
}

function isLuhn(digits: readonly number[]): boolean {
  let sum = 0;
  let doubles = digits.length % 2 === 0;
  for (const digit of digits) {
    sum += !doubles ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
    doubles = !doubles;
  }
  return sum % 10 === 0;
}
