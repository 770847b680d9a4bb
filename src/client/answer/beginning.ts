// A value that a generation and its trace both have is sent once where it is long: the generation has it whole.
import { cut, lent } from "../reading/lent.ts";

/** The longest that is sent twice, in UTF-16 units; turn/begin-trace.ts leaves out what is longer. */
export const MAX_REPEATED_LENGTH = 1e5;

/** A long value's beginning, as text; a shorter value itself. */
export function beginning(value: unknown): unknown {
  const text = typeof value === "string" ? lent.withoutFiles(value) : lent.toJson(value ?? "");
  return text.length > MAX_REPEATED_LENGTH
    ? `${cut(text, MAX_REPEATED_LENGTH)} [cut: ${text.length} characters, more of them on streaming-response]`
    : value;
}
