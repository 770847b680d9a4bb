// Runs a pattern over a text in one pass: all of its states go forward together, each with the
// earliest place at which it may have begun. So no text, however made, costs more than its length
// times the pattern's size; searching match after match would begin anew behind each one. What any
// match covers is covered, not only what the first one from the left would take.
import { beginsAt, isWord, type Edges, type Span, type Text } from "../text.ts";
import type { Assertion } from "./parse.ts";
import type { Program } from "./compile.ts";

export function cover(program: Program, text: Text, edges: Edges): Span[] {
  return new Run(program, text, edges).all();
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
  readonly #todo: number[] = [];
  #waiting: Waiting;
  #next: Waiting;

  constructor(program: Program, text: Text, edges: Edges) {
    this.#program = program;
    this.#text = text;
    this.#edges = edges;
    const size = program.steps.length;
    this.#reachedAt = new Int32Array(size);
    const none = (): Waiting => ({
      steps: new Int32Array(size),
      begun: new Int32Array(size),
      length: 0,
    });
    this.#waiting = none();
    this.#next = none();
  }

  all(): Span[] {
    const { first } = this.#program;
    let at = 0;
    while (at < this.#text.length) {
      if (this.#next.length === 0) {
        at = this.#nextBeginning(at);
        if (at >= this.#text.length) break;
      }
      const code = this.#codePoint(at);
      if (first.has(code)) this.#reach(0, at, at);
      const behind = at + (code > 0xffff ? 2 : 1);
      this.#read(code, behind);
      at = behind;
    }
    return this.#spans;
  }

  #read(code: number, behind: number): void {
    const { steps } = this.#program;
    const waiting = this.#next;
    this.#next = this.#waiting;
    this.#next.length = 0;
    this.#waiting = waiting;
    for (let n = 0; n < waiting.length; n += 1) {
      const index = waiting.steps[n] ?? 0;
      const step = steps[index];
      if (step?.op === "read" && step.set.has(code)) {
        this.#reach(index + 1, waiting.begun[n] ?? 0, behind);
      }
    }
  }

  /** Follows all ways that read nothing. Earlier beginnings come first and are kept. */
  #reach(index: number, begun: number, at: number): void {
    const { steps } = this.#program;
    const todo = this.#todo;
    todo.push(index);
    for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
      if (this.#reachedAt[next] === at + 1) continue;
      this.#reachedAt[next] = at + 1;
      const step = steps[next];
      if (step?.op === "read") this.#wait(next, begun);
      else if (step?.op === "split") todo.push(step.b, step.a);
      else if (step?.op === "assert") {
        if (this.#holds(step.what, at)) todo.push(next + 1);
      } else if (at > begun) this.#found(begun, at);
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

  #nextBeginning(from: number): number {
    const { first } = this.#program;
    let at = from;
    for (;;) {
      if (at >= this.#text.length) return at;
      const code = this.#text.charCodeAt(at);
      if (code < 128 ? first.ascii[code] === 1 : first.has(this.#codePoint(at))) return at;
      at += 1;
    }
  }

  #codePoint(at: number): number {
    const code = this.#text.charCodeAt(at);
    if (code < 0xd800 || code > 0xdbff || at + 1 >= this.#text.length) return code;
    return (code - 0xd800) * 0x400 + this.#text.charCodeAt(at + 1) - 0xdc00 + 0x10000;
  }
}
