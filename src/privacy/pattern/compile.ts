// From the tree to a program of Thompson's kind: states that each read one character, and jumps
// between them. Bounded: repetitions are written out, so that a few characters could ask for millions.
//
// The engine is our own because the one that a Worker could use instead costs more than it saves:
// re2js 2.10 is 46 KB gzipped beside 3 for this folder (the whole Worker has about 90), takes 2.5 times
// as long in workerd (10 KB of prose and four patterns: 2.24 to 0.89 ms; hostile text 1.7 to 2.3 ms), and
// tells only the leftmost of matches that overlap, where masking needs all that any of them covers.
import { type Assertion, type Node, parsePattern, UnusablePattern } from "./parse.ts";

export type Instruction =
  | { op: "read"; set: CharacterSet }
  /** Goes on with the next step, and elsewhere too. */
  | { op: "split"; also: number }
  /** Goes on elsewhere only. */
  | { op: "jump"; to: number }
  | { op: "assert"; what: Assertion }
  | { op: "found" };

export interface Program {
  steps: Instruction[];
  /** Where each step goes without reading, for the inner loop: see `jumpsOf`. */
  jumps: Int32Array;
  /** Which ASCII characters each step reads: 128 places a step. */
  fits: Uint8Array;
  /** What a match may begin with. */
  first: CharacterSet;
}

/** Most steps of a pattern: each character of a text costs at most so many. */
export const MAX_STEPS = 200;
export const MAX_SOURCE_LENGTH = 1000;

export function compilePattern(source: string): Program {
  if (source.length > MAX_SOURCE_LENGTH) {
    throw new UnusablePattern(`is longer than ${MAX_SOURCE_LENGTH} characters`);
  }
  const { tree, flags } = parsePattern(source);
  const steps = new Compiler(flags).compile(tree);
  if (!steps.some(({ op }) => op === "read")) {
    throw new UnusablePattern("matches nothing but an empty text");
  }
  const fits = new Uint8Array(steps.length * 128);
  for (const [index, step] of steps.entries()) {
    if (step.op === "read") fits.set(step.set.ascii, index * 128);
  }
  return { steps, jumps: jumpsOf(steps), fits, first: firstOf(steps) };
}

export const READS = -1;
export const CHECKS = -2;
/** A split is the place that it also goes to, a jump is below CHECKS by its place and one. */
function jumpsOf(steps: readonly Instruction[]): Int32Array {
  return Int32Array.from(steps, (step) => {
    if (step.op === "read") return READS;
    if (step.op === "split") return step.also;
    return step.op === "jump" ? CHECKS - 1 - step.to : CHECKS;
  });
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
  readonly #steps: Instruction[] = [];
  readonly #sets = new Map<string, CharacterSet>();
  readonly #flags: string;
  /** Also counts what is written out and leaves no step behind. */
  #work = 0;

  constructor(flags: string) {
    this.#flags = flags;
  }

  compile(tree: Node): Instruction[] {
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
    const jump = { op: "jump" as const, to: 0 };
    this.#steps.push(jump);
    split.also = this.#steps.length;
    this.#addChoice(rest);
    jump.to = this.#steps.length;
  }

  #addRepeat(item: Node, min: number, max: number): void {
    for (let n = 0; n < min; n += 1) this.#add(item);
    if (max === Infinity) {
      const exit = this.#split();
      const again = this.#steps.length;
      this.#add(item);
      this.#split().also = again;
      exit.also = this.#steps.length;
      return;
    }
    const exits = [];
    for (let n = min; n < max; n += 1) {
      exits.push(this.#split());
      this.#add(item);
    }
    for (const exit of exits) exit.also = this.#steps.length;
  }

  /** A step that goes on with the next one, and elsewhere once it is known where. */
  #split(): { op: "split"; also: number } {
    const split = { op: "split" as const, also: 0 };
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
function firstOf(steps: readonly Instruction[]): CharacterSet {
  const seen = new Set<number>();
  const sets = new Set<CharacterSet>();
  const open = [0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const step = steps[at];
    if (step?.op === "read") sets.add(step.set);
    else if (step?.op === "split") open.push(at + 1, step.also);
    else if (step?.op === "jump") open.push(step.to);
    else if (step?.op === "assert") open.push(at + 1);
  }
  return CharacterSet.union([...sets]);
}
