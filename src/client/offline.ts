/**
 * What a page could not send, kept in IndexedDB for the next page or another open tab: sent once,
 * and only for the same project, user and session. Bounded in size and age.
 *
 * @module
 * @example
 * const langfuse = new LangfuseProxy({ offline: offlineQueue() });
 */
import { type Db, type DbRequest, type DbStore, page } from "./page.ts";
import { resultsOf } from "./results.ts";
import type { Attempt, From } from "./sender.ts";
import type { DropReason, Result } from "./types.ts";

/** Some actions of one client, with the numbers that they already have. */
export interface Kept {
  id?: number;
  /** Names project, user and session. */
  owner: string;
  sessionId: string | undefined;
  clientId: string;
  /** When it was kept, epoch ms. */
  at: number;
  /** JSON text of each action. */
  actions: string[];
}

type Drop = (reason: DropReason, by: number) => void;

export interface OfflineQueue {
  keep(owner: string, from: From, actions: string[], drop: Drop): void;
  /** Sends the owner's actions, before anything newer; rejects when some could not be sent and stay. */
  drain(owner: string, attempt: Attempt, drop: Drop): Promise<void>;
  /** The user has gone: nothing stays. */
  clear(drop: Drop): void;
}

const NAME = "langfuse-edge";
/** In UTF-16 units: a long outage of a busy chat, and no burden to the user's disk. */
const ROOM = 2e6;
/** The edge remembers a silent session for a day; what is older it could not tell from news. */
const OLDEST_MS = 864e5;

const done = <T>(request: DbRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", reject);
  });

/** Where there is no IndexedDB, nothing is kept. */
export function offlineQueue(): OfflineQueue {
  let db: Promise<Db> | undefined;
  let era = 0;

  const open = async (): Promise<Db> => {
    const request = page.indexedDB?.open(NAME);
    if (!request) throw new TypeError("no IndexedDB");
    request.addEventListener("upgradeneeded", () => {
      request.result.createObjectStore(NAME, { keyPath: "id", autoIncrement: true });
    });
    return done(request);
  };
  /** The store and all that is in it, in one transaction: nobody else can take the same. */
  const read = async (): Promise<[DbStore, Kept[]]> => {
    const store = (await (db ??= open())).transaction(NAME, "readwrite").objectStore(NAME);
    return [store, await done(store.getAll<Kept>())];
  };
  const take = async (owner: string, before: number): Promise<Kept[]> => {
    const [store, all] = await read();
    return all.filter(
      (kept) => (kept.owner === owner || kept.at < before) && store.delete(kept.id ?? 0),
    );
  };
  const add = async (kept: Kept, drop: Drop): Promise<void> => {
    try {
      const [store, all] = await read();
      if (JSON.stringify(all).length > ROOM) throw new RangeError("no room");
      await done(store.add(kept));
    } catch {
      drop("cache_overflow", kept.actions.length);
    }
  };
  const clear = async (drop: Drop): Promise<void> => {
    for (const { actions } of await take("", Infinity)) drop("cache_overflow", actions.length);
  };

  return {
    keep: (owner, { clientId, sessionId }, actions, drop) =>
      void add({ owner, clientId, sessionId, at: Date.now(), actions }, drop),
    drain: async (owner, attempt, drop) => {
      const mine = era;
      const before = Date.now() - OLDEST_MS;
      let down = false;
      for (const kept of await take(owner, before).catch(() => [])) {
        const { at, actions, clientId, sessionId } = kept;
        if (at < before) {
          drop("cache_overflow", actions.length);
          continue;
        }
        const results: Result[] = down
          ? []
          : resultsOf(await attempt({ clientId, sessionId }, actions, () => true), actions);
        down ||= results.some(({ error }) => error?.retryable);
        if (!down) drop("send_error", results.filter(({ success }) => !success).length);
        else if (mine === era) await add(kept, drop);
      }
      if (down) throw new Error("the edge is away");
    },
    clear: (drop) => {
      era += 1;
      clear(drop).catch(() => {});
    },
  };
}
