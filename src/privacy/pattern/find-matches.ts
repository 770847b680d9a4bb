// Runs a pattern over a text in one pass: all of its states go forward together, each with the
// earliest place at which it may have begun. So no text, however made, costs more than its length
// times the pattern's size; searching match after match would begin anew behind each one. What any
// match covers is covered, not only what the first one from the left would take.
import { beginsAt, isWord, type Edges, type Span, type Text } from "../text.ts";
import type { Assertion } from "./parse.ts";
import { CHECKS, type Program, READS, type Instruction } from "./compile.ts";

export function findMatches(program: Program, text: Text, edges: Edges): Span[] {
  const beginning = nextBeginning(program, text, 0);
  return beginning < text.length ? new Run(program, text, edges).from(beginning) : [];
}

/** The next place at which a match could begin; the text's length where there is none. */
function nextBeginning({ first }: Program, text: Text, from: number): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 128 ? first.ascii[code] === 1 : first.has(codePointAt(text, at))) return at;
  }
  return at;
}

const reads = (step: Instruction | undefined, code: number): boolean =>
  step?.op === "read" && step.set.has(code);

/** As far as a text's index goes: half of a pair that is cut stays half. */
function codePointAt(text: Text, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 0xd800 || code > 0xdbff || at + 1 >= text.length) return code;
  return (code - 0xd800) * 0x400 + text.charCodeAt(at + 1) - 0xdc00 + 0x10000;
}

/** Steps that wait for the next character, in the order of where they began. */
interface Waiting {
  steps: Int32Array;
  begun: Int32Array;
  length: number;
}

class Run {
  readonly #program: Program;
  readonly #text: Text;
  readonly #edges: Edges;
  readonly #spans: Span[] = [];
  /** At which place a step was last reached, plus one: it is reached once a place. */
  readonly #reachedAt: Int32Array;
  /** Each step is reached once a place and leaves two at most. */
  readonly #todo: Int32Array;
  #waiting: Waiting;
  #next: Waiting;

  constructor(program: Program, text: Text, edges: Edges) {
    this.#program = program;
    this.#text = text;
    this.#edges = edges;
    const size = program.steps.length;
    this.#reachedAt = new Int32Array(size);
    this.#todo = new Int32Array(2 * size + 1);
    const none = (): Waiting => ({
      steps: new Int32Array(size),
      begun: new Int32Array(size),
      length: 0,
    });
    this.#waiting = none();
    this.#next = none();
  }

  from(beginning: number): Span[] {
    const { first } = this.#program;
    let at = beginning;
    while (at < this.#text.length) {
      const code = codePointAt(this.#text, at);
      if (first.has(code)) this.#reach(0, at, at);
      const behind = at + (code > 0xffff ? 2 : 1);
      this.#read(code, behind);
      at = this.#next.length > 0 ? behind : nextBeginning(this.#program, this.#text, behind);
    }
    return this.#spans;
  }

  /** The inner loop: most of what a pattern costs. */
  #read(code: number, behind: number): void {
    const { steps, fits } = this.#program;
    const waiting = this.#next;
    const { steps: indexes, begun, length } = waiting;
    this.#next = this.#waiting;
    this.#next.length = 0;
    this.#waiting = waiting;
    const column = code < 128 ? code : -1;
    for (let n = 0; n < length; n += 1) {
      const index = indexes[n] ?? 0;
      const fit = column >= 0 ? fits[index * 128 + column] === 1 : reads(steps[index], code);
      if (fit && this.#reachedAt[index + 1] !== behind + 1) {
        this.#reach(index + 1, begun[n] ?? 0, behind);
      }
    }
  }

  /** Follows all ways that read nothing. Earlier beginnings come first and are kept. */
  #reach(index: number, begun: number, at: number): void {
    const { steps, jumps } = this.#program;
    const todo = this.#todo;
    const reachedAt = this.#reachedAt;
    todo[0] = index;
    for (let open = 1; open > 0;) {
      open -= 1;
      const next = todo[open] ?? 0;
      if (reachedAt[next] === at + 1) continue;
      reachedAt[next] = at + 1;
      const jump = jumps[next] ?? READS;
      if (jump === READS) this.#wait(next, begun);
      else if (jump >= 0) {
        todo[open] = jump;
        todo[open + 1] = next + 1;
        open += 2;
      } else if (jump < CHECKS) {
        todo[open] = CHECKS - 1 - jump;
        open += 1;
      } else {
        const step = steps[next];
        if (step?.op !== "assert") this.#found(begun, at);
        else if (this.#holds(step.what, at)) {
          todo[open] = next + 1;
          open += 1;
        }
      }
    }
  }

  #wait(step: number, begun: number): void {
    const next = this.#next;
    next.steps[next.length] = step;
    next.begun[next.length] = begun;
    next.length += 1;
  }

  /** Ends only grow: what begins inside or behind this one is part of it. */
  #found(start: number, end: number): void {
    if (start === end) return;
    const spans = this.#spans;
    while ((spans.at(-1)?.start ?? -1) >= start) spans.pop();
    const last = spans.at(-1);
    if (last !== undefined && last.end > start) last.end = end;
    else spans.push({ start, end });
  }

  #holds(what: Assertion, at: number): boolean {
    const [text, edges] = [this.#text, this.#edges];
    const [first, last] = [at === 0, at === text.length];
    if ((first && edges.left) || (last && edges.right)) return false;
    if (what === "start") return first;
    if (what === "end") return last;
    const before = !beginsAt(text, at, edges);
    const behind = !last && isWord(text.charCodeAt(at));
    return (before !== behind) === (what === "boundary");
  }
}
