// Whole numbers that JavaScript can't hold, in JSON text: `7300000000000000001` would be read as
// `7300000000000000000`, somebody else's id. Pure. They become text before the text is parsed, in
// time that is linear in its length, whatever it says.

/** What is a number by its meaning, and read as one: times, counts, a score. */
const NUMBERS =
  /"(?:startTime|endTime|completionStartTime|timestamp|sentAt|at|seq|value|ttlSeconds)"\s*:\s*$/;
const LONGEST_BEFORE = 60;
/** From 16 digits on a whole number may be no safe integer. */
const CANDIDATE = /(?<![\w.+-])-?[1-9]\d{15,}(?![\d.eE])/g;

export interface LongIntegers {
  /** JSON text as before, but for those numbers. */
  text: string;
  /** What became text. */
  found: ReadonlySet<string>;
}

export function quoteLongIntegers(text: string): LongIntegers {
  const found = new Set<string>();
  const pieces: string[] = [];
  let taken = 0;
  // Where the next string begins that has not been passed.
  let open = text.indexOf('"');
  CANDIDATE.lastIndex = 0;
  for (let match = CANDIDATE.exec(text); match !== null; match = CANDIDATE.exec(text)) {
    const [digits] = match;
    let end = -1;
    while (open !== -1 && open < match.index) {
      end = endOfString(text, open);
      open = text.indexOf('"', end);
    }
    if (end > match.index) {
      CANDIDATE.lastIndex = end;
      continue;
    }
    const after = match.index + digits.length;
    if (isHeld(digits) || isKeptOrKey(text, match.index, after)) continue;
    found.add(digits);
    pieces.push(text.slice(taken, match.index), `"${digits}"`);
    taken = after;
  }
  return { text: found.size === 0 ? text : pieces.join("") + text.slice(taken), found };
}

/** Is one of them in this value? To be asked where there are any. */
export function holdsLongInteger(value: unknown, found: ReadonlySet<string>): boolean {
  if (typeof value === "string") return found.has(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((item) => holdsLongInteger(item, found));
}

/** Behind a string's closing quote. */
function endOfString(text: string, open: number): number {
  for (
    let close = text.indexOf('"', open + 1);
    close !== -1;
    close = text.indexOf('"', close + 1)
  ) {
    let before = close - 1;
    while (text[before] === "\\") before -= 1;
    if ((close - before) % 2 === 1) return close + 1;
  }
  return text.length;
}

/** Written again it is the same: so also where a JavaScript sender has rounded it already. */
function isHeld(digits: string): boolean {
  return String(Number(digits)) === digits;
}

/** As a key it would be no JSON, which quotes must not mend. */
function isKeptOrKey(text: string, from: number, to: number): boolean {
  if (NUMBERS.test(text.slice(Math.max(0, from - LONGEST_BEFORE), from))) return true;
  return /^\s*:/.test(text.slice(to, to + LONGEST_BEFORE));
}
