// Actions that are kept for another page, and sent once the edge can be reached. A record leaves the store only
// when the edge has spoken of it: a page that dies in between leaves it to the next one, and the edge
// knows a repeat by its number. Never sends what belongs to another project, user or session.
import type { Locks } from "../send/page.ts";
import type { From } from "../send/post.ts";
import { resultsOf } from "../send/results.ts";
import type { Attempt } from "../send/post.ts";
import type { DropReason } from "../types.ts";

/** Some actions of one client, with the numbers that they already have. */
export interface StoredBatch {
  id?: number;
  /** Names project, user and session. */
  owner: string;
  sessionId: string | undefined;
  clientId: string;
  /** The time of keeping, epoch ms. */
  at: number;
  /** JSON text of each action. */
  actions: string[];
}

type Drop = (reason: DropReason, by: number) => void;

export interface OfflineQueue {
  keep(owner: string, from: From, actions: string[], drop: Drop): void;
  /** Sends the owner's actions, before anything newer; rejects when some could not be sent and stay, or another tab sends. */
  drain(owner: string | undefined, attempt: Attempt, drop: Drop): Promise<void>;
  /** The user has gone: nothing stays. */
  clear(drop: Drop): void;
}

/** A place for records, in the order in which they came. Its promises reject where it fails. */
export interface BatchStore {
  add(kept: StoredBatch): Promise<unknown>;
  all(): Promise<StoredBatch[]>;
  remove(id: number): Promise<unknown>;
}

/** The most that is kept, in UTF-16 units: a long outage of a busy chat, and no burden to the user's disk. */
const MAX_KEPT_LENGTH = 2e6;
/** The edge remembers a silent session for a day; what is older it could not tell from news. */
const MAX_AGE_MS = 864e5;
/** The most of a record, which is one request: as of the sender's own. */
const MAX_RECORD_ACTIONS = 100;
const MAX_RECORD_LENGTH = 5e4;

const lengthOf = ({ actions }: StoredBatch): number => actions.join().length;

/** Parts of a size that the edge takes as a request; a single action may be longer. */
function split(actions: string[]): string[][] {
  const parts: string[][] = [];
  let length = Infinity;
  for (const action of actions) {
    length += action.length;
    const last = parts.at(-1);
    if (last && length <= MAX_RECORD_LENGTH && last.length < MAX_RECORD_ACTIONS) last.push(action);
    else {
      parts.push([action]);
      ({ length } = action);
    }
  }
  return parts;
}

/** `locks`: so that only one tab sends; without them the edge's knowledge of repeats is enough. */
export function createOfflineQueue(store: BatchStore, locks?: Locks): OfflineQueue {
  /** The room beside all that is kept, as far as it is known: nothing is read when a page has no time left. */
  let room = MAX_KEPT_LENGTH;
  const all = async (): Promise<StoredBatch[]> => {
    const kept = await store.all();
    room = MAX_KEPT_LENGTH - kept.reduce((sum, one) => sum + lengthOf(one), 0);
    return kept;
  };
  const lose = async (kept: StoredBatch, drop: Drop): Promise<void> => {
    await store.remove(kept.id ?? 0);
    drop("cache_overflow", kept.actions.length);
  };
  const next = async (owner: string | undefined, drop: Drop): Promise<StoredBatch | undefined> => {
    const oldest = Date.now() - MAX_AGE_MS;
    const kept = await all();
    for (const one of kept) if (one.at < oldest) await lose(one, drop);
    return kept.find((one) => one.owner === owner && one.at >= oldest);
  };
  const send = async (owner: string | undefined, attempt: Attempt, drop: Drop): Promise<void> => {
    for (;;) {
      // A store that fails keeps nothing up.
      const kept = await next(owner, drop).catch(() => undefined);
      if (!kept) return;
      const { id = 0, clientId, sessionId, actions } = kept;
      const answer = await attempt({ clientId, sessionId }, actions, () => false);
      const results = resultsOf(answer, actions);
      if (results.some(({ error }) => error?.retryable)) throw new Error("the edge is away");
      await store.remove(id);
      drop("send_error", results.filter(({ success }) => !success).length);
    }
  };

  // The store is opened early, so that its room is known when something has to be kept.
  all().catch(() => {});
  return {
    keep: (owner, { clientId, sessionId }, actions, drop) => {
      const at = Date.now();
      for (const part of split(actions)) {
        const kept = { owner, clientId, sessionId, at, actions: part };
        const lost = (): void => drop("cache_overflow", part.length);
        const length = lengthOf(kept);
        if (length > room) lost();
        else {
          room -= length;
          store.add(kept).catch(lost);
        }
      }
    },
    drain: async (owner, attempt, drop) => {
      const work = () => send(owner, attempt, drop);
      if (!locks) return work();
      // A tab that has the lock may die before it has sent: who did not get it looks again later.
      await locks.request(`langfuse-edge ${owner}`, { ifAvailable: true }, (lock) =>
        lock ? work() : Promise.reject(new Error("another tab sends")),
      );
    },
    clear: (drop) => {
      const losing = async (): Promise<void> => {
        for (const kept of await all()) await lose(kept, drop);
      };
      losing().catch(() => {});
    },
  };
}
