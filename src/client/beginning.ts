// What a generation and its trace both have is sent once where it is long: the generation has it whole.
import { cut } from "./cut.ts";
import { toJson } from "./safe-json.ts";

/** Most characters that are sent twice. */
const MOST_TWICE = 1e5;

/** Of a long value only the beginning, as text. */
export function beginning(value: unknown): unknown {
  const text = typeof value === "string" ? value : toJson(value ?? "");
  return text.length > MOST_TWICE
    ? `${cut(text, MOST_TWICE)} [cut: ${text.length} characters, more of them on streaming-response]`
    : value;
}
