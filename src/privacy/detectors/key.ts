// Secrets that services give out in a shape of their own, private keys in PEM, and passwords in URLs.
import { byFirst } from "../by-first.ts";
import { beginsAt, endsAt, isAlphanumeric, isBase64Url, isDigit, isHex, isWord } from "../text.ts";
import {
  hasText,
  nextWordOf,
  runEnd,
  tableOf,
  type Edges,
  type Scan,
  type Span,
  type Text,
} from "../text.ts";

type IsPart = (code: number) => boolean;
interface Shape {
  prefix: string;
  isPart: IsPart;
  /** Of what stands behind the prefix. */
  min: number;
  max?: number;
}

const isUpperOrDigit: IsPart = (code) => (code >= 65 && code <= 90) || isDigit(code);
const isDotted: IsPart = (code) => isBase64Url(code) || code === 46;

const shapes = (prefixes: string, isPart: IsPart, min: number, max?: number): Shape[] =>
  prefixes.split(" ").map((prefix) => ({ prefix, isPart, min, ...(max !== undefined && { max }) }));

const SHAPES: readonly Shape[] = [
  // OpenAI, Anthropic, OpenRouter, Langfuse
  ...shapes("sk-", isBase64Url, 16),
  ...shapes("xai- pplx- tvly- PMAK- GOCSPX- glpat- ya29.", isBase64Url, 20),
  ...shapes("gsk_ hf_ r8_ npm_ lin_api_ ntn_ lsv2_pt_ lsv2_sk_", isWord, 30),
  ...shapes("sk_live_ sk_test_ rk_live_ rk_test_ whsec_", isWord, 16),
  ...shapes("ghp_ gho_ ghu_ ghs_ ghr_", isAlphanumeric, 30),
  ...shapes("github_pat_", isWord, 22),
  ...shapes("AKIA ASIA", isUpperOrDigit, 16, 16),
  ...shapes("AIza", isBase64Url, 35),
  ...shapes("xoxa- xoxb- xoxe- xoxe. xoxp- xoxr- xoxs- xapp-", isDotted, 10),
  ...shapes("SG.", isDotted, 30),
  ...shapes("pypi- sl.", isBase64Url, 50),
  ...shapes("shpat_ shpca_ shpss_ dapi key- SK", isHex, 32, 32),
  ...shapes("dop_v1_ doo_v1_", isHex, 64, 64),
];
const BEGINNINGS = tableOf(SHAPES.map(({ prefix }) => prefix));
const BY_FIRST = byFirst(SHAPES, ({ prefix }) => prefix);

export const key: Scan = (text, edges) => {
  const spans = [...shaped(text, edges), ...privateKeys(text), ...passwords(text)];
  return spans.sort((a, b) => a.start - b.start || b.end - a.end);
};

/** Within so many characters behind its prefix a secret has a digit; words joined by hyphens have none. */
const LABEL_WINDOW_LENGTH = 64;

function shaped(text: Text, edges: Edges): Span[] {
  const spans: Span[] = [];
  let i = nextWordOf(text, 0, BEGINNINGS);
  while (i < text.length) {
    const end = mayBegin(text, i, edges) ? shapeEnd(text, i, edges) : undefined;
    if (end !== undefined) spans.push({ start: i, end });
    i = nextWordOf(text, end ?? i + 1, BEGINNINGS);
  }
  return spans;
}

/** Behind an underscore too: `KEY_sk-…`. */
function mayBegin(text: Text, i: number, edges: Edges): boolean {
  return beginsAt(text, i, edges) || (i > 0 && text.charCodeAt(i - 1) === 95);
}

function shapeEnd(text: Text, start: number, edges: Edges): number | undefined {
  for (const { prefix, isPart, min, max } of BY_FIRST.get(text.charCodeAt(start)) ?? []) {
    if (!hasText(text, start, prefix)) continue;
    const from = start + prefix.length;
    // First a look of bounded length: what fails here is read again from its next letter on.
    const look = runEnd(text, from, isPart, from + LABEL_WINDOW_LENGTH);
    if (look - from < min || !hasDigit(text, from, look)) continue;
    const end = runEnd(text, look, isPart);
    if (max === undefined || (end - from <= max && endsAt(text, end, edges))) return end;
  }
  return undefined;
}

function hasDigit(text: Text, from: number, end: number): boolean {
  for (let i = from; i < end; i += 1) if (isDigit(text.charCodeAt(i))) return true;
  return false;
}

const BEGIN = "-----BEGIN ";
const LABEL_END = "PRIVATE KEY-----";
const END = "-----END";
const MAX_LABEL = 40;

/** A block that does not end reaches to the text's end. */
function privateKeys(text: Text): Span[] {
  const spans: Span[] = [];
  let start = text.indexOf(BEGIN);
  while (start !== -1) {
    const label = labelEnd(text, start + BEGIN.length);
    if (label === undefined) start = text.indexOf(BEGIN, start + BEGIN.length);
    else {
      const close = text.indexOf(END, label);
      const tail = close === -1 ? -1 : text.indexOf("-----", close + END.length);
      const end = tail === -1 ? text.length : tail + 5;
      spans.push({ start, end });
      start = text.indexOf(BEGIN, end);
    }
  }
  return spans;
}

function labelEnd(text: Text, from: number): number | undefined {
  for (let i = from; i < from + MAX_LABEL; i += 1) {
    if (hasText(text, i, LABEL_END)) return i + LABEL_END.length;
  }
  return undefined;
}

const COLON = 58;
const AT = 64;
/** Characters that end a URL's user info: `/ ? # @`, quotes, brackets, a backslash, and anything from a space down. */
const isUserInfo: IsPart = (code) => code > 32 && NOT_USER_INFO[code] !== 1;
const NOT_USER_INFO = tableOf("/?#@\"'<>`\\");

/** `postgres://user:password@host` */
function passwords(text: Text): Span[] {
  const spans: Span[] = [];
  let scheme = text.indexOf("://");
  while (scheme !== -1) {
    const from = scheme + 3;
    const colon = runEnd(text, from, (code) => code !== COLON && isUserInfo(code));
    const end = text.charCodeAt(colon) === COLON ? runEnd(text, colon + 1, isUserInfo) : colon;
    if (text.charCodeAt(end) === AT && end > colon + 1) spans.push({ start: colon + 1, end });
    scheme = text.indexOf("://", end);
  }
  return spans;
}
