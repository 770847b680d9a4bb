// Settings in a file: lines of `NAME=value`, as `.env` and `.dev.vars` have them. Pure. Values may be quoted; a quoted
// one may span lines, and in double quotes `\n` is a new line. `#` begins a comment.
import { ServeError } from "../serve-error.ts";

const NAME = /^(?:export\s+)?([A-Za-z_][\w.-]*)\s*=[^\S\n]*/;

/** @throws ServeError naming the line that can't be read, never its text */
export function parseSettingsFile(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const whole = text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
  const lineAt = (at: number): number => whole.slice(0, at).split("\n").length;
  for (let at = afterBlanks(whole, 0); at < whole.length; at = afterBlanks(whole, at)) {
    const [head, name] = NAME.exec(whole.slice(at)) ?? [];
    if (head === undefined || name === undefined) {
      throw new ServeError("usage", `line ${lineAt(at)} of the settings is not NAME=value`);
    }
    const { value, length } = valueIn(whole.slice(at + head.length)) ?? unclosed(lineAt(at));
    found[name] = value;
    at += head.length + length;
  }
  return found;
}

/** Where the next line begins that says something. */
function afterBlanks(text: string, at: number): number {
  const [blank = ""] = /^(?:\s+|#[^\n]*)*/.exec(text.slice(at)) ?? [];
  return at + blank.length;
}

interface Value {
  value: string;
  /** Of all that it takes of the text. */
  length: number;
}

/** Undefined for a quote that is never closed. */
function valueIn(text: string): Value | undefined {
  const quote = text[0];
  if (quote === '"' || quote === "'" || quote === "`") {
    const end = text.indexOf(quote, 1);
    if (end === -1) return undefined;
    const raw = text.slice(1, end);
    const [after = ""] = /^[^\n]*/.exec(text.slice(end + 1)) ?? [];
    const value = quote === '"' ? raw.replaceAll("\\n", "\n") : raw;
    return { value, length: end + 1 + after.length };
  }
  const [whole = ""] = /^[^\n]*/.exec(text) ?? [];
  return { value: whole.replace(/#.*$/, "").trim(), length: whole.length };
}

function unclosed(line: number): never {
  throw new ServeError("usage", `line ${line} of the settings begins a quote that never ends`);
}
