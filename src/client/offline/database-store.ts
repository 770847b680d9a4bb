// Records in IndexedDB. A record is written in a transaction of its own that needs nothing more of the
// page, so that it is kept though the page goes away meanwhile.
import type { StoredBatch, BatchStore } from "./offline-queue.ts";
import { type Db, type DbRequest, type DbTransaction, page } from "../send/page.ts";

const NAME = "langfuse-edge";
/** A database that does not open counts as none: nothing may wait for it for ever. */
const OPEN_MS = 2000;

const done = <T>(request: DbRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", reject);
  });

const open = (): Promise<Db> =>
  new Promise((resolve, reject) => {
    setTimeout(reject, OPEN_MS, new Error("no IndexedDB"));
    const request = page.indexedDB?.open(NAME);
    if (!request) return reject(new TypeError("no IndexedDB"));
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore(NAME, { keyPath: "id", autoIncrement: true });
    });
    done(request).then(resolve, reject);
  });

export function databaseStore(): BatchStore {
  let db: Promise<Db> | undefined;
  const begin = async (mode: "readonly" | "readwrite"): Promise<DbTransaction> =>
    (await (db ??= open())).transaction(NAME, mode);
  const write = (transaction: DbTransaction): Promise<void> =>
    new Promise((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", reject);
      transaction.commit?.();
    });
  return {
    all: async () => done((await begin("readonly")).objectStore(NAME).getAll<StoredBatch>()),
    add: async (kept) => {
      const transaction = await begin("readwrite");
      transaction.objectStore(NAME).add(kept);
      return write(transaction);
    },
    remove: async (id) => {
      const transaction = await begin("readwrite");
      transaction.objectStore(NAME).delete(id);
      return write(transaction);
    },
  };
}
