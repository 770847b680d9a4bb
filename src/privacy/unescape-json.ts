import { nestsTooDeep } from "../protocol/json-text.ts";

/** Escapes that JSON does not need: some writers hide `@`, `+` or `/` behind them. */
const NEEDLESS = /\\(?:u00[2-7]|\/)/i;

/** A text that is JSON with such escapes, also in JSON text inside of it, without them; any other as it is. */
export function unescapeJson(text: string): string {
  if (!text.includes("\\") || !NEEDLESS.test(text) || !/^\s*[[{"]/.test(text)) return text;
  if (nestsTooDeep(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text, inside));
  } catch {
    return text;
  }
}

const inside = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? unescapeJson(value) : value;
