// An object's storage in memory, as the ledger uses it: values are copied in and out, keys are in order, and a
// transaction that throws leaves nothing. It can be told to fail at any write.
type Options = SyncKvListOptions;

export class MemoryKv {
  #stored = new Map<string, string>();
  writes = 0;
  failsAt: number | undefined;

  readonly kv = {
    get: <T>(key: string): T | undefined => this.#read<T>(key),
    put: (key: string, value: unknown): void => {
      this.#written();
      this.#stored.set(key, JSON.stringify(value));
    },
    delete: (key: string): boolean => {
      this.#written();
      return this.#stored.delete(key);
    },
    list: <T>({ prefix = "", start = "", end = "\uffff" }: Options = {}): [string, T][] =>
      this.keys()
        .filter((key) => key.startsWith(prefix) && key >= start && key < end)
        .map((key) => [key, this.#read<T>(key) as T]),
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

  #read<T>(key: string): T | undefined {
    const text = this.#stored.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  #written(): void {
    this.writes += 1;
    if (this.writes === this.failsAt) throw new Error("the storage failed");
  }
}
