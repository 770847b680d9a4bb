// From the tree to a program of Thompson's kind: states that each read one character, and jumps
// between them. Bounded: repetitions are written out, so that a few characters could ask for millions.
import { type Assertion, type Node, parsePattern, UnusablePattern } from "./parse.ts";

export type Step =
  | { op: "read"; set: CharacterSet }
  | { op: "split"; a: number; b: number }
  | { op: "assert"; what: Assertion }
  | { op: "found" };

export interface Program {
  steps: Step[];
  /** What a match may begin with. */
  first: CharacterSet;
}

/** Most steps of a pattern: each character of a text costs at most so many. */
export const MAX_STEPS = 500;
export const MAX_SOURCE_LENGTH = 1000;

export function compilePattern(source: string): Program {
  if (source.length > MAX_SOURCE_LENGTH) {
    throw new UnusablePattern(`is longer than ${MAX_SOURCE_LENGTH} characters`);
  }
  const { tree, flags } = parsePattern(source);
  const steps = new Compiler(flags).compile(tree);
  const program = { steps, first: firstOf(steps) };
  if (!steps.some(({ op }) => op === "read"))
    throw new UnusablePattern("matches nothing but an empty text");
  return program;
}

/** Which characters fit, quickly for ASCII. */
export class CharacterSet {
  readonly ascii: Uint8Array;
  readonly #others: readonly RegExp[];

  constructor(others: readonly RegExp[]) {
    this.#others = others;
    this.ascii = Uint8Array.from({ length: 128 }, (_, code) =>
      others.some((one) => one.test(String.fromCharCode(code))) ? 1 : 0,
    );
  }

  has(code: number): boolean {
    if (code < 128) return this.ascii[code] === 1;
    const character = String.fromCodePoint(code);
    return this.#others.some((one) => one.test(character));
  }

  static union(sets: readonly CharacterSet[]): CharacterSet {
    return new CharacterSet(sets.flatMap((set) => set.#others));
  }
}

class Compiler {
  readonly #steps: Step[] = [];
  readonly #sets = new Map<string, CharacterSet>();
  readonly #flags: string;
  /** Also counts what is written out and leaves no step behind. */
  #work = 0;

  constructor(flags: string) {
    this.#flags = flags;
  }

  compile(tree: Node): Step[] {
    this.#add(tree);
    this.#steps.push({ op: "found" });
    return this.#steps;
  }

  #add(node: Node): void {
    this.#work += 1;
    if (this.#work > 4 * MAX_STEPS || this.#steps.length >= MAX_STEPS) {
      throw new UnusablePattern(`is too large: written out it has more than ${MAX_STEPS} steps`);
    }
    switch (node.kind) {
      case "character":
        this.#steps.push({ op: "read", set: this.#setOf(node.source) });
        return;
      case "assertion":
        this.#steps.push({ op: "assert", what: node.what });
        return;
      case "sequence":
        for (const item of node.items) this.#add(item);
        return;
      case "choice":
        this.#addChoice(node.items);
        return;
      case "repeat":
        this.#addRepeat(node.item, node.min, node.max);
    }
  }

  #addChoice(items: readonly Node[]): void {
    const [item, ...rest] = items;
    if (item === undefined) return;
    if (rest.length === 0) {
      this.#add(item);
      return;
    }
    const split = this.#split();
    this.#add(item);
    const jump = this.#split();
    split.b = this.#steps.length;
    this.#addChoice(rest);
    jump.a = this.#steps.length;
    jump.b = jump.a;
  }

  #addRepeat(item: Node, min: number, max: number): void {
    for (let n = 0; n < min; n += 1) this.#add(item);
    if (max === Infinity) {
      const back = this.#steps.length;
      const split = this.#split();
      this.#add(item);
      const jump = this.#split();
      jump.a = back;
      jump.b = back;
      split.b = this.#steps.length;
      return;
    }
    const exits = [];
    for (let n = min; n < max; n += 1) {
      exits.push(this.#split());
      this.#add(item);
    }
    for (const exit of exits) exit.b = this.#steps.length;
  }

  /** A step that goes on with the next one, or elsewhere once it is known where. */
  #split(): { op: "split"; a: number; b: number } {
    const next = this.#steps.length + 1;
    const split = { op: "split" as const, a: next, b: next };
    this.#steps.push(split);
    return split;
  }

  #setOf(source: string): CharacterSet {
    const known = this.#sets.get(source);
    if (known !== undefined) return known;
    const set = new CharacterSet([new RegExp(`^(?:${source})$`, this.#flags)]);
    this.#sets.set(source, set);
    return set;
  }
}

/** The sets of all steps that read first, as if every assertion held. */
function firstOf(steps: readonly Step[]): CharacterSet {
  const seen = new Set<number>();
  const sets = new Set<CharacterSet>();
  const open = [0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const step = steps[at];
    if (step?.op === "read") sets.add(step.set);
    else if (step?.op === "split") open.push(step.a, step.b);
    else if (step?.op === "assert") open.push(at + 1);
  }
  return CharacterSet.union([...sets]);
}
