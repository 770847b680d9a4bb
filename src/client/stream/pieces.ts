// Arguments of a call that come in pieces, each with its place in them: Vertex AI's `partialArgs`
// (https://googleapis.github.io/js-genai/release_docs/interfaces/types.PartialArg.html). Pure.
import { cut } from "../reading/lent.ts";
import { type Loose, word } from "./loose.ts";

/** An object or a list. */
export type Holder = Record<string | number, unknown>;

/** The names of a JSON path, `$.rooms[0]['a.b']`: what stands in quotes, or between dots and brackets. */
const NAME = /(?<=\[['"]).*?(?=['"]\])|[^.$[\]'"]+/g;
const MAX_DEPTH = 20;
/** Each place of a path is looked ahead from: a longer one would hold up the page. */
const MAX_PATH_LENGTH = 1e3;

/**
 * Adds a piece to the arguments; a text goes on where it was. What would lead out of them, or leave a gap in a
 * list, does not: the names are a stranger's. `room`: how many characters may still come; gives what is left.
 */
export function addPiece(args: Holder, piece: Loose, room: number): number {
  const path = word(piece.jsonPath);
  const names: string[] = (path.length < MAX_PATH_LENGTH && path.match(NAME)) || [];
  const left = room - names.join().length;
  if (left < 0 || names.length > MAX_DEPTH || names.includes("__proto__")) return left;
  const { stringValue, numberValue, boolValue } = piece as Record<string, unknown>;
  const text = cut(word(stringValue), left);
  let holder = args;
  for (const [i, given] of names.entries()) {
    const name = Array.isArray(holder) ? Math.min(Number(given), holder.length) : given;
    if (Number.isNaN(name)) break;
    const known = Object.hasOwn(holder, name) ? holder[name] : undefined;
    const next = names[i + 1];
    if (next !== undefined) {
      const inner = Object(known) === known ? known : /^\d+$/.test(next) ? [] : {};
      holder = (holder[name] = inner) as Holder;
    } else if (stringValue === undefined) holder[name] = numberValue ?? boolValue ?? null;
    else holder[name] = word(known) + text;
  }
  return left - text.length;
}
