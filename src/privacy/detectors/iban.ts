// International bank account numbers: a country's length and the check of ISO 7064 (mod 97), with or
// without the spaces of the printed form.
import {
  beginsAt,
  endsAt,
  isAlphanumeric,
  isDigit,
  isLetter,
  isSpace,
  nextOf,
  runEnd,
  tableOf,
} from "../text.ts";
import type { Edges, Scan, Span, Text } from "../text.ts";

/** Country and length, from the registry of IBAN formats. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 " +
    "DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 " +
    "IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 " +
    "MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 " +
    "SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
  )
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const DIGITS = tableOf("0123456789");

export const iban: Scan = (text, edges) => {
  const spans: Span[] = [];
  let i = nextOf(text, 2, DIGITS);
  // Found by the first check digit, behind the two letters of the country.
  while (i < text.length) {
    const end = ibanEnd(text, i - 2, edges);
    if (end !== undefined) spans.push({ start: i - 2, end });
    i = nextOf(text, end ?? runEnd(text, i, isDigit), DIGITS);
  }
  return spans;
};

function ibanEnd(text: Text, start: number, edges: Edges): number | undefined {
  const [a, b] = [text.charCodeAt(start), text.charCodeAt(start + 1)];
  if (!isLetter(a) || !isLetter(b) || !isDigit(text.charCodeAt(start + 3))) return undefined;
  if (!beginsAt(text, start, edges)) return undefined;
  const length = LENGTHS.get(String.fromCharCode(a & ~32, b & ~32));
  if (length === undefined) return undefined;
  let end = start + 4;
  let account = 0;
  for (let count = 4; count < length; count += 1) {
    const code = text.charCodeAt(end);
    const spaced = isSpace(code) || code === 45;
    const next = spaced ? text.charCodeAt(end + 1) : code;
    if (!isAlphanumeric(next)) return undefined;
    account = mod97(account, next);
    end += spaced ? 2 : 1;
  }
  // The country and the check digits count last.
  for (let n = 0; n < 4; n += 1) account = mod97(account, text.charCodeAt(start + n));
  return account === 1 && endsAt(text, end, edges) ? end : undefined;
}

/** A letter counts as two digits, A as 10. */
function mod97(rest: number, code: number): number {
  return isDigit(code) ? (rest * 10 + code - 48) % 97 : (rest * 100 + (code & ~32) - 55) % 97;
}
