/** Escapes that JSON does not need: some writers hide `@`, `+` or `/` behind them. */
const NEEDLESS = /\\(?:u00[2-7]|\/)/i;
const QUOTE = 34;
const BACKSLASH = 92;

/**
 * A text that looks like JSON, without such escapes in its strings, also in JSON text inside of those.
 * Everything but strings stays as it is written: numbers that are too large to be read, spaces.
 */
export function unescapeJson(text: string): string {
  if (!text.includes("\\") || !NEEDLESS.test(text) || !/^\s*[[{"]/.test(text)) return text;
  let plain = "";
  let from = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', from)) {
    const end = literalEnd(text, at);
    plain += text.slice(from, at) + unescapeLiteral(text.slice(at, end));
    from = end;
  }
  return plain + text.slice(from);
}

/** Behind the quote that ends it; the text's end where none does. */
function literalEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) return i + 1;
    if (code === BACKSLASH) i += 1;
  }
  return text.length;
}

function unescapeLiteral(literal: string): string {
  if (!NEEDLESS.test(literal)) return literal;
  try {
    return JSON.stringify(unescapeJson(JSON.parse(literal) as string));
  } catch {
    return literal;
  }
}
