/** Escapes that JSON does not need: some writers hide `@`, `+` or `/` behind them. */
const NEEDLESS = /\\(?:u00[2-7]|\/)/i;

/** A text that is JSON with such escapes, without them; any other text as it is. */
export function unescapeJson(text: string): string {
  if (!text.includes("\\") || !NEEDLESS.test(text) || !/^\s*[[{"]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}
