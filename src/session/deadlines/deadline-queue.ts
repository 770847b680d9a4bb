// The deadline queue: traces in the order in which they are due, kept up with each change, so that no step
// looks at all of them. Its times may be early, never late: next-deadline.ts puts the first one right.
// Derived from the state and private, so that it is neither stored nor compared.

interface Entry {
  at: number;
  /** Of two that are due at the same moment the lesser goes first: turns of a session stay in their order. */
  order: number;
  id: string;
}

/** Entries that were replaced stay in the heap until it is mostly of them. */
const MAX_STALE_ENTRIES = 64;

export class DeadlineQueue {
  /** A binary heap; an entry that is not its trace's own was replaced. */
  #heap: Entry[] = [];
  readonly #entries = new Map<string, Entry>();
  /** Traces by the client whose missing number they wait for … */
  readonly #waiting = new Map<string, Set<string>>();
  /** … and that client by the trace. */
  readonly #waitsFor = new Map<string, string>();
  /** Traces with something complete. */
  readonly ready = new Set<string>();

  at(id: string): number | undefined {
    return this.#entries.get(id)?.at;
  }

  put(id: string, at: number, order: number): void {
    const before = this.#entries.get(id);
    if (before?.at === at && before.order === order) return;
    const entry = { at, order, id };
    this.#entries.set(id, entry);
    this.#push(entry);
    if (this.#heap.length > 2 * this.#entries.size + MAX_STALE_ENTRIES) this.#sweep();
  }

  remove(id: string): void {
    this.#entries.delete(id);
    this.#unwait(id);
  }

  first(): Entry | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#entries.get(top.id) === top) return top;
      this.#pop();
    }
    return undefined;
  }

  /** A trace waits for one client: the last that was given here. */
  wait(client: string, id: string): void {
    this.#unwait(id);
    this.#waitsFor.set(id, client);
    const waiting = this.#waiting.get(client) ?? new Set();
    this.#waiting.set(client, waiting.add(id));
  }

  /** The traces that waited for this client; they do no longer. */
  released(client: string): readonly string[] {
    const waiting = [...(this.#waiting.get(client) ?? [])];
    this.#waiting.delete(client);
    for (const id of waiting) this.#waitsFor.delete(id);
    return waiting;
  }

  #unwait(id: string): void {
    const client = this.#waitsFor.get(id);
    if (client === undefined) return;
    this.#waitsFor.delete(id);
    const waiting = this.#waiting.get(client);
    waiting?.delete(id);
    if (waiting?.size === 0) this.#waiting.delete(client);
  }

  #sweep(): void {
    this.#heap = [...this.#entries.values()].sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const entry = heap.pop();
    if (entry === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      const second = one !== undefined && other !== undefined && isBefore(other, one);
      const child = second ? other : one;
      if (child === undefined || !isBefore(child, entry)) break;
      heap[index] = child;
      index = second ? left + 1 : left;
    }
    heap[index] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return (
    a.at < b.at || (a.at === b.at && (a.order < b.order || (a.order === b.order && a.id < b.id)))
  );
}
