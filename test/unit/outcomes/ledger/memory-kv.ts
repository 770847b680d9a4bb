// An object's storage in memory, as the ledger uses it: values are copied in and out, keys are in order, and a
// transaction that throws leaves nothing. It can be told to fail at any write.
type Options = SyncKvListOptions;

export class MemoryKv {
  #stored = new Map<string, string>();
  writes = 0;
  failsAt: number | undefined;

  readonly kv = {
    get: (key: string): unknown => this.#read(key),
    put: (key: string, value: unknown): void => {
      this.#written();
      this.#stored.set(key, JSON.stringify(value));
    },
    delete: (key: string): boolean => {
      this.#written();
      return this.#stored.delete(key);
    },
    list: ({ prefix = "", start = "", end = "\uffff" }: Options = {}): [string, unknown][] =>
      this.keys()
        .filter((key) => key.startsWith(prefix) && key >= start && key < end)
        .map((key) => [key, this.#read(key)]),
  } as unknown as SyncKvStorage;

  transactionSync<T>(closure: () => T): T {
    const before = new Map(this.#stored);
    try {
      return closure();
    } catch (error) {
      this.#stored = before;
      throw error;
    }
  }

  keys(): string[] {
    return [...this.#stored.keys()].toSorted();
  }

  #read(key: string): unknown {
    const text = this.#stored.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  #written(): void {
    this.writes += 1;
    if (this.writes === this.failsAt) throw new Error("the storage failed");
  }
}
