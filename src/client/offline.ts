/**
 * Actions that a page could not send, kept in IndexedDB for the next page or another open tab, and only for
 * the same project, user and session. Bounded in size and age.
 *
 * @module
 * @example
 * const langfuse = new LangfuseProxy({ offline: offlineQueue() });
 */
import { databaseStore } from "./offline/database-store.ts";
import { createOfflineQueue, type OfflineQueue } from "./offline/offline-queue.ts";
import { page } from "./send/page.ts";

export type { StoredBatch, OfflineQueue } from "./offline/offline-queue.ts";

/** A queue in IndexedDB. Without IndexedDB, nothing is kept. */
export const offlineQueue = (): OfflineQueue =>
  createOfflineQueue(databaseStore(), page.navigator?.locks);
