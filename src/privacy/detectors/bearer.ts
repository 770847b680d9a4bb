// Credentials in headers, as they stand in text: `Bearer …`, `Authorization: Basic …`, `x-api-key: …`,
// `Cookie: …`. The words before the secret stay. Headers in objects are known by their keys.
import { byFirst } from "../by-first.ts";
import { beginsAt, escapedAt, hasWord, isBase64Url, isDigit, isSpace } from "../text.ts";
import {
  nextWordOf,
  runEnd,
  tableOf,
  type Edges,
  type Scan,
  type Span,
  type Text,
} from "../text.ts";

const SCHEMES = ["bearer", "basic", "token", "apikey", "negotiate", "aws4-hmac-sha256"];
const AUTHORIZATIONS = ["authorization", "proxy-authorization", "x-amz-security-token"];
const API_KEYS = ["x-api-key", "api-key", "api_key", "apikey", "x-auth-token", "x-access-token"];
const COOKIES = ["cookie", "set-cookie"];
const HEADERS: ReadonlySet<string> = new Set([...AUTHORIZATIONS, ...API_KEYS, ...COOKIES]);
const WORDS = ["bearer", ...HEADERS];
const BEGINNINGS = tableOf([...WORDS, ...WORDS.map((word) => word.toUpperCase())]);
const BY_FIRST = byFirst(WORDS, (word) => word);
/**
 * Signs between a header and its value, beside spaces and line ends, of which an indentation may have any number: a quote
 * has 15 backslashes before it in JSON text that was folded into another four times.
 */
const MAX_GAP = 40;
const MIN_TOKEN = 8;
/** A longer run without a digit is no word of a language either. */
const MIN_WORDLESS = 24;

/** Whether every value of this key is a credential. */
export function isCredentialKey(key: string): boolean {
  return HEADERS.has(key.toLowerCase());
}

export const bearer: Scan = (text, edges) => {
  const spans: Span[] = [];
  let i = nextWordOf(text, 0, BEGINNINGS);
  while (i < text.length) {
    const span = credential(text, i, edges);
    let behind = i + 1;
    if (span !== undefined) {
      spans.push(span);
      behind = addListed(spans, text, i, span);
    }
    i = nextWordOf(text, behind, BEGINNINGS);
  }
  return spans;
};

function credential(text: Text, at: number, edges: Edges): Span | undefined {
  if (!beginsAt(text, at, edges)) return undefined;
  const words = BY_FIRST.get(text.charCodeAt(at) | 32);
  const word = words?.find((one) => hasWord(text, at, one));
  if (word === undefined) return undefined;
  const behind = at + word.length;
  if (word === "bearer") return tokenAt(text, gapEnd(text, behind, isBlank));
  const gap = gapEnd(text, behind, isHeaderGap);
  const from = text.charCodeAt(gap) === OPEN_LIST ? listGapEnd(text, gap + 1) : gap;
  if (!hasSign(text, behind, from)) return undefined;
  if (COOKIES.includes(word)) return cookieAt(text, from);
  const scheme = SCHEMES.find(
    (one) => hasWord(text, from, one) && isSpace(text.charCodeAt(from + one.length)),
  );
  if (scheme === undefined) return tokenAt(text, from);
  return lineAt(text, gapEnd(text, from + scheme.length, isSpace));
}

/** Adds, of a header that is a list, as Node has `set-cookie`, the texts behind the first; the end of the last. */
function addListed(spans: Span[], text: Text, at: number, { start, end }: Span): number {
  let from = start;
  while (from > at && text.charCodeAt(from) !== OPEN_LIST) from -= 1;
  if (from === at) return end;
  let last = end;
  for (let next = listItem(text, end); next !== undefined; next = listItem(text, last)) {
    spans.push(next);
    last = next.end;
  }
  return last;
}

function listItem(text: Text, from: number): Span | undefined {
  const comma = listGapEnd(text, from);
  if (text.charCodeAt(comma) !== COMMA) return undefined;
  return lineAt(text, listGapEnd(text, comma + 1));
}

/** A run that looks like a secret, not like a word. */
function tokenAt(text: Text, start: number): Span | undefined {
  const end = runEnd(text, start, isToken);
  const size = end - start;
  let digit = false;
  for (let i = start; i < end && !digit; i += 1) digit = isDigit(text.charCodeAt(i));
  return size >= MIN_WORDLESS || (size >= MIN_TOKEN && digit) ? { start, end } : undefined;
}

/** Cookies have an `=`, and there may be many up to the line's end. */
function cookieAt(text: Text, start: number): Span | undefined {
  const name = runEnd(text, start, isToken);
  const assigned = name > start && hasAssignment(text, start, name);
  return assigned ? lineAt(text, start) : undefined;
}

function hasAssignment(text: Text, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i += 1) if (text.charCodeAt(i) === EQUALS) return true;
  return false;
}

function lineAt(text: Text, start: number): Span | undefined {
  const end = runEnd(text, start, isInLine);
  return end > start ? { start, end } : undefined;
}

const EQUALS = 61;
const OPEN_LIST = 91;
const COMMA = 44;
const QUOTES = tableOf("\"'`\\");
const TOKEN_SIGNS = tableOf(".~+/=%|");

const isToken = (code: number): boolean => isBase64Url(code) || TOKEN_SIGNS[code] === 1;
const isInLine = (code: number): boolean => code >= 32 && QUOTES[code] !== 1;
const isBlank = (code: number): boolean => isSpace(code) || code === 43;
const isHeaderGap = (code: number): boolean =>
  isSpace(code) || code === 58 || code === EQUALS || QUOTES[code] === 1;

function gapEnd(text: Text, from: number, isGap: (code: number) => boolean): number {
  let end = from;
  for (let signs = 0; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (!isGap(code)) break;
    if (!isSpace(code) && (signs += 1) > MAX_GAP) break;
  }
  return end;
}

/** Line ends too, also as JSON text in JSON text has them: a list may be written over several lines. */
function listGapEnd(text: Text, from: number): number {
  let end = from;
  for (let signs = 0; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (isSpace(code) || code === 10 || code === 13) continue;
    if (QUOTES[code] !== 1 && escapedAt(text, end) !== 1) break;
    if ((signs += 1) > MAX_GAP) break;
  }
  return end;
}

/** A colon or an equals sign: `the cookie of yesterday` is no header. */
function hasSign(text: Text, from: number, end: number): boolean {
  for (let i = from; i < end; i += 1) {
    if (text.charCodeAt(i) === 58 || text.charCodeAt(i) === EQUALS) return true;
  }
  return false;
}
