// The little that the library takes from the page it runs in. All of it may be missing: on a server,
// in a worker, without https.

interface Page {
  addEventListener?(type: string, listener: (event: PageEvent) => void, capture?: boolean): void;
  removeEventListener?(type: string, listener: (event: PageEvent) => void, capture?: boolean): void;
  document?: { visibilityState: string };
  location?: { href: string };
  navigator?: { onLine?: boolean; sendBeacon?(url: string, body: Blob): boolean };
  CompressionStream?: unknown;
  indexedDB?: { open(name: string): DbRequest<Db> };
}
export interface PageEvent {
  type: string;
}

export interface DbRequest<T> {
  result: T;
  addEventListener(type: "success" | "error" | "upgradeneeded", listener: () => void): void;
}
export interface Db {
  createObjectStore(name: string, options: { keyPath: string; autoIncrement: boolean }): DbStore;
  transaction(name: string, mode: "readwrite"): { objectStore(name: string): DbStore };
}
export interface DbStore {
  add(value: unknown): DbRequest<unknown>;
  delete(key: number): DbRequest<undefined>;
  getAll<T>(): DbRequest<T[]>;
}

export const page: Page = globalThis;

export const isOffline = (): boolean => page.navigator?.onLine === false;

/** In the seed's words. */
export const environment = (): string => (page.document ? "browser" : "server");
