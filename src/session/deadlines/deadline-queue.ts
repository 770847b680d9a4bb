// Which trace is due next, in an order that is kept up with each change, so that no step looks at all
// of them. Its times may be early, never late: whoever asks for the first puts it right (upcoming.ts).
// Derived from the state and private, so that it is neither stored nor compared.

interface Entry {
  at: number;
  id: string;
}

/** Times that were replaced stay in the heap until it is mostly of them. */
const MAX_STALE_ENTRIES = 64;

export class DeadlineQueue {
  /** A binary heap; an entry that `#at` does not confirm was replaced. */
  #heap: Entry[] = [];
  readonly #at = new Map<string, number>();
  /** Traces by the client whose missing number they wait for … */
  readonly #waiting = new Map<string, Set<string>>();
  /** … and that client by the trace. */
  readonly #waitsFor = new Map<string, string>();
  /** Traces with something complete. */
  readonly ready = new Set<string>();

  at(id: string): number | undefined {
    return this.#at.get(id);
  }

  put(id: string, at: number): void {
    if (this.#at.get(id) === at) return;
    this.#at.set(id, at);
    this.#push({ at, id });
    if (this.#heap.length > 2 * this.#at.size + MAX_STALE_ENTRIES) this.#sweep();
  }

  remove(id: string): void {
    this.#at.delete(id);
    this.#unwait(id);
  }

  first(): Entry | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#at.get(top.id) === top.at) return top;
      this.#pop();
    }
    return undefined;
  }

  /** Of several clients the trace waits for the one that it is told of last. */
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
    this.#heap = Array.from(this.#at, ([id, at]) => ({ at, id })).sort((a, b) =>
      isBefore(a, b) ? -1 : 1,
    );
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
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}
