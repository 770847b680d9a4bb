import type { StoredBatch, BatchStore } from "../../../../src/client/offline/offline-queue.ts";
import type { Locks } from "../../../../src/client/send/page.ts";

/** What every page of an origin shares. */
export function sharedStore(...kept: StoredBatch[]) {
  let id = 0;
  const all = new Map<number, StoredBatch>();
  const put = (one: StoredBatch): void => void all.set((id += 1), { ...one, id });
  kept.forEach(put);
  const store: BatchStore = {
    add: async (one) => put(one),
    all: async () => [...all.values()],
    remove: async (which) => all.delete(which),
  };
  return { store, left: () => [...all.values()] };
}

export function sharedLocks(): Locks {
  const held = new Set<string>();
  return {
    request: async (name, { ifAvailable }, callback) => {
      // As the browser does: without `ifAvailable` it would wait for its turn.
      if (held.has(name)) return ifAvailable ? callback(null) : new Promise(() => {});
      held.add(name);
      try {
        await callback({});
      } finally {
        held.delete(name);
      }
    },
  };
}
