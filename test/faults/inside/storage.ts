// An object's storage whose writes can be made to fail, and whose alarm goes by the clock that can jump.
import { fromPlatform, toPlatform } from "./clock.ts";
import { died } from "./deaths.ts";
import type { StorageMode } from "./orders.ts";

let mode: StorageMode = "well";
/** Objects that were ever called, in the order of their first call. */
export const known = new Set<string>();
/** Times of the alarms that are set, by object; epoch ms of the clock that can jump. */
export const alarms = new Map<string, number>();
/** Of the objects that came while each write was to fail once: the number of the one that does. */
const failsAt = new Map<string, number>();
const writes = new Map<string, number>();
export const failures = { writes: 0 };

export function orderStorage(next: StorageMode): void {
  mode = next;
}

function fail(): never {
  failures.writes += 1;
  throw new Error("the storage failed");
}

function write(id: string): void {
  if (mode === "refuse") {
    // No settlement can be kept.
    died();
    fail();
  }
  const at = failsAt.get(id);
  if (at === undefined) return;
  const nth = (writes.get(id) ?? 0) + 1;
  writes.set(id, nth);
  if (nth === at) fail();
}

/** The same context; what its object stores goes through here. */
export function withFaultyStorage(ctx: DurableObjectState): DurableObjectState {
  const id = ctx.id.toString();
  const { storage } = ctx;
  if (!known.has(id) && mode === "each once") failsAt.set(id, failsAt.size + 1);
  known.add(id);

  const { kv } = storage;
  const put = kv.put.bind(kv);
  const remove = kv.delete.bind(kv);
  const faultyKv: SyncKvStorage = {
    get: kv.get.bind(kv),
    list: kv.list.bind(kv),
    put: (key, value) => {
      write(id);
      put(key, value);
    },
    delete: (key) => {
      write(id);
      return remove(key);
    },
  };
  Object.defineProperty(storage, "kv", { value: faultyKv, configurable: true });

  const setAlarm = storage.setAlarm.bind(storage);
  const getAlarm = storage.getAlarm.bind(storage);
  const deleteAll = storage.deleteAll.bind(storage);
  storage.setAlarm = async (at) => {
    try {
      write(id);
    } catch (error) {
      // A write that nobody waits for ends the object where it fails.
      ctx.abort("the storage failed");
      throw error;
    }
    alarms.set(id, Number(at));
    await setAlarm(toPlatform(Number(at)));
  };
  storage.getAlarm = async () => {
    const told = alarms.get(id);
    if (told !== undefined) return told;
    const at = await getAlarm();
    return at === null ? null : fromPlatform(at);
  };
  storage.deleteAll = async () => {
    write(id);
    await deleteAll();
    alarms.delete(id);
  };
  return ctx;
}
