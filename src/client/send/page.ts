// The little that the library takes from the page it runs in. All of it may be missing: on a server,
// in a worker, without https.

export interface Page {
  addEventListener?(type: string, listener: (event: PageEvent) => void, capture?: boolean): void;
  removeEventListener?(type: string, listener: (event: PageEvent) => void, capture?: boolean): void;
  document?: { hidden: boolean };
  location?: { href: string };
  navigator?: { onLine?: boolean; locks?: Locks };
  sessionStorage?: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
  };
  CompressionStream?: typeof CompressionStream;
  indexedDB?: { open(name: string): DbRequest<Db> };
  localStorage?: TextStore;
  requestIdleCallback?(callback: () => void, options: { timeout: number }): unknown;
}
/** A place for texts that outlives the page. It throws where it is forbidden or full. */
export interface TextStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}
export interface PageEvent {
  type: string;
}

/** Web Locks, where only one tab may do something. */
export interface Locks {
  request(
    name: string,
    options: { ifAvailable: boolean },
    callback: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown>;
}

export interface DbRequest<T> {
  result: T;
  addEventListener(type: "success" | "error" | "upgradeneeded", listener: () => void): void;
}
export interface Db {
  createObjectStore(name: string, options: { keyPath: string; autoIncrement: boolean }): unknown;
  transaction(name: string, mode: "readonly" | "readwrite"): DbTransaction;
}
export interface DbTransaction {
  objectStore(name: string): DbStore;
  addEventListener(type: "complete" | "abort", listener: () => void): void;
  commit?(): void;
}
export interface DbStore {
  add(value: unknown): unknown;
  delete(key: number): unknown;
  getAll<T>(): DbRequest<T[]>;
}

export const page: Page = globalThis;

export const isOffline = (): boolean => page.navigator?.onLine === false;

/** In the seed's words. */
export const environment = (): string => (page.document ? "browser" : "server");
