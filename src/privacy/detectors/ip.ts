// IP addresses, v4 and v6. Addresses that name no one (loopback, netmasks, `x.0.0.0` as browsers
// write versions) stay, and so does a number that the text calls a version.
import { beginsAt, endsAt, isDigit, isHex, isLetter, runEnd, tableOf } from "../text.ts";
import type { Edges, Scan, Span, Text } from "../text.ts";
import { isIpv6 } from "./ipv6.ts";

const DOT = 46;
const COLON = 58;
const HYPHEN = 45;

export const ip: Scan = (text, edges) => {
  const six = ipv6(text, edges);
  let next = 0;
  const four = ipv4(text, edges).filter(({ start }) => {
    while (next < six.length && (six[next]?.end ?? 0) <= start) next += 1;
    return !((six[next]?.start ?? Infinity) <= start);
  });
  return [...six, ...four].sort((a, b) => a.start - b.start);
};

function ipv4(text: Text, edges: Edges): Span[] {
  const spans: Span[] = [];
  let i = text.indexOf(".");
  // Before each dot stand at most three digits of a first number.
  while (i !== -1) {
    const start = firstNumber(text, i, edges);
    const end = start === undefined ? undefined : ipv4End(text, start, edges);
    if (start !== undefined && end !== undefined) spans.push({ start, end });
    i = text.indexOf(".", end ?? i + 1);
  }
  return spans;
}

function firstNumber(text: Text, dot: number, edges: Edges): number | undefined {
  let start = dot;
  while (start > 0 && dot - start < 4 && isDigit(text.charCodeAt(start - 1))) start -= 1;
  if (start === dot || dot - start > 3) return undefined;
  if (start === 0 || text.charCodeAt(start - 1) !== DOT) return start;
  const continued = start === 1 ? edges.left : isDigit(text.charCodeAt(start - 2));
  return continued ? undefined : start;
}

function ipv4End(text: Text, start: number, edges: Edges): number | undefined {
  if (!beginsAt(text, start, edges)) return undefined;
  const numbers: number[] = [];
  let end = start;
  for (let n = 0; n < 4; n += 1) {
    if (n > 0 && text.charCodeAt(end) !== DOT) return undefined;
    const from = n === 0 ? end : end + 1;
    end = from;
    let value = 0;
    while (end - from < 3 && isDigit(text.charCodeAt(end))) {
      value = value * 10 + text.charCodeAt(end) - 48;
      end += 1;
    }
    if (end === from || value > 255) return undefined;
    numbers.push(value);
  }
  if (!endsAt(text, end, edges) || goesOn(text, end)) return undefined;
  return namesNoOne(numbers) || isCalledVersion(text, start) ? undefined : end;
}

/** A fifth number, or a version's suffix. */
function goesOn(text: Text, end: number): boolean {
  const next = text.charCodeAt(end + 1);
  const sign = text.charCodeAt(end);
  return (sign === DOT && isDigit(next)) || (sign === HYPHEN && isLetter(next));
}

function namesNoOne([a, b, c, d]: readonly number[]): boolean {
  return a === 127 || (a === 255 && b === 255) || (b === 0 && c === 0 && d === 0);
}

const VERSION_WORDS: ReadonlySet<string> = new Set(["version", "ver", "v", "release", "build"]);

/** `version: "1.2.3.4"`, `release 1.2.3.4`. */
function isCalledVersion(text: Text, start: number): boolean {
  let i = start;
  while (i > 0 && start - i < 4 && GAP[text.charCodeAt(i - 1)] === 1) i -= 1;
  let word = "";
  while (i > 0 && word.length < 8 && isLetter(text.charCodeAt(i - 1))) {
    i -= 1;
    word = String.fromCharCode(text.charCodeAt(i) | 32) + word;
  }
  return VERSION_WORDS.has(word);
}

const GAP = tableOf(` :="'.`);

function ipv6(text: Text, edges: Edges): Span[] {
  const spans: Span[] = [];
  let floor = 0;
  let i = text.indexOf(":");
  while (i !== -1) {
    let start = i;
    while (start > floor && i - start < 5 && isHex(text.charCodeAt(start - 1))) start -= 1;
    const run = runEnd(text, i, isAddressPart);
    let end = run;
    while (isStop(text, end, start)) end -= 1;
    const isCut = edges.right && run === text.length;
    if (
      end - start <= MAX_LENGTH &&
      !isCut &&
      beginsAt(text, start, edges) &&
      endsAt(text, end, edges)
    ) {
      if (isIpv6(text, start, end)) spans.push({ start, end });
    }
    floor = run;
    i = text.indexOf(":", run);
  }
  return spans;
}

/** With an IPv4 address at its end. */
const MAX_LENGTH = 45;

const isAddressPart = (code: number): boolean => isHex(code) || code === COLON || code === DOT;

/** A full stop or a colon that belongs to the sentence. */
function isStop(text: Text, end: number, start: number): boolean {
  if (end <= start) return false;
  const last = text.charCodeAt(end - 1);
  return last === DOT || (last === COLON && text.charCodeAt(end - 2) !== COLON);
}
