// An operator's pattern as a tree: the regular expressions of JavaScript, without back references and
// lookaround, which can't be matched in one pass, and without lazy quantifiers, since all that a
// pattern can match is masked. The platform's own engine decides whether the text is a regular
// expression, and what a class of characters means; it never runs the pattern.

export type Node =
  /** One character, by the source of what it has to be. */
  | { kind: "character"; source: string }
  | { kind: "assertion"; what: Assertion }
  | { kind: "sequence"; items: Node[] }
  | { kind: "choice"; items: Node[] }
  | { kind: "repeat"; item: Node; min: number; max: number };
export type Assertion = "start" | "end" | "boundary" | "inside";

export interface Parsed {
  tree: Node;
  /** Of the platform's engine, for classes of characters. */
  flags: string;
}

/** Its message names the fault without quoting the pattern. */
export class UnusablePattern extends Error {}

export function parsePattern(given: string): Parsed {
  const insensitive = given.startsWith("(?i)");
  const source = insensitive ? given.slice(4) : given;
  const flags = insensitive ? "iu" : "u";
  try {
    void new RegExp(source, flags);
  } catch {
    throw new UnusablePattern("is not a regular expression of JavaScript (with the flag u)");
  }
  return { tree: new Reader(source).all(), flags };
}

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  "^": "start",
  $: "end",
  "\\b": "boundary",
  "\\B": "inside",
};

/** The text is known to be well formed. */
class Reader {
  #at = 0;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  all(): Node {
    return this.#choice();
  }

  #choice(): Node {
    const items = [this.#sequence()];
    while (this.#take("|")) items.push(this.#sequence());
    const [only] = items;
    return items.length === 1 && only !== undefined ? only : { kind: "choice", items };
  }

  #sequence(): Node {
    const items: Node[] = [];
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at] ?? "")) {
      items.push(this.#repeated(this.#atom()));
    }
    return { kind: "sequence", items };
  }

  #repeated(item: Node): Node {
    const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(this.#source.slice(this.#at));
    if (quantifier === null) return item;
    this.#at += quantifier[0].length;
    if (this.#source[this.#at] === "?") {
      throw new UnusablePattern(
        "has a lazy quantifier; the longest match is masked: write [^x]* and the like instead",
      );
    }
    const [sign, from, comma, to] = quantifier;
    if (from === undefined) {
      const max = sign === "?" ? 1 : Infinity;
      return { kind: "repeat", item, min: sign === "+" ? 1 : 0, max };
    }
    const min = Number(from);
    const max = comma === "" ? min : to === "" ? Infinity : Number(to);
    return { kind: "repeat", item, min, max };
  }

  #atom(): Node {
    if (this.#source[this.#at] === "(") return this.#group();
    const source = this.#characterSource();
    const what = ASSERTIONS[source];
    return what === undefined ? { kind: "character", source } : { kind: "assertion", what };
  }

  #group(): Node {
    const opening = /^\((?:\?(?::|<(?![=!])[^>]*>))?/.exec(this.#source.slice(this.#at));
    this.#at += opening?.[0].length ?? 1;
    if (this.#source[this.#at] === "?") {
      throw new UnusablePattern(
        "looks ahead or behind, or changes flags inside; only (?i) at its start is known",
      );
    }
    const inner = this.#choice();
    this.#take(")");
    return inner;
  }

  /** A class, an escape, or one code point. */
  #characterSource(): string {
    const rest = this.#source.slice(this.#at);
    const source = CHARACTER.exec(rest)?.[0] ?? rest;
    if (/^\\[1-9k]/.test(source)) throw new UnusablePattern("refers back to a group");
    this.#at += source.length;
    return source;
  }

  #take(sign: string): boolean {
    if (this.#source[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }
}

const CHARACTER =
  /^(?:\[(?:[^\]\\]|\\.)*\]|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\(?:[pPu]\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|.)|[^])/u;
