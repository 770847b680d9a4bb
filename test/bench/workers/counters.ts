// Counts what Cloudflare bills, while a Worker really runs: at the bindings and at the storage, from
// outside the code that is counted. All objects of a Worker share an isolate here, so module scope
// is enough.

export interface Counts {
  /** Requests to the Worker; batches are counted beside them. */
  requests: number;
  batches: number;
  /** Calls of object methods. */
  calls: number;
  /** Alarms that ran: each is a request to its object. */
  alarms: number;
  /** Rows written, deleted rows and set alarms among them. */
  rows: number;
  /** Of those, alarms set. */
  alarmsSet: number;
  messages: number;
  /** Lines of the log, of whatever level: each that is written is kept. */
  logLines: number;
  /** … and what is billed of them: bytes of UTF-8. */
  logBytes: number;
  /** Time in which an object was active, each object's calls united, ms. */
  activeMs: number;
}

const none = (): Counts => ({
  requests: 0,
  batches: 0,
  calls: 0,
  alarms: 0,
  rows: 0,
  alarmsSet: 0,
  messages: 0,
  logLines: 0,
  logBytes: 0,
  activeMs: 0,
});

export let counts = none();

/** Objects that this Worker has called, by id. */
export const called = new Map<string, DurableObjectId>();

/** Counts from here on, and of objects that are called from here on. */
export function forgetCounts(): void {
  counts = none();
  called.clear();
}

const working = new Map<string, { calls: number; since: number }>();

/** Counts the time in which at least one piece of work of this object is under way. */
export async function active<T>(object: string, work: () => Promise<T>): Promise<T> {
  const entry = working.get(object) ?? { calls: 0, since: performance.now() };
  entry.calls += 1;
  working.set(object, entry);
  try {
    return await work();
  } finally {
    entry.calls -= 1;
    if (entry.calls === 0) {
      counts.activeMs += performance.now() - entry.since;
      working.delete(object);
    }
  }
}

type Method = (...given: unknown[]) => unknown;

/** The same object, with what is said of some of its methods done around them. */
export function around<T extends object>(
  target: T,
  wrap: (name: string, call: Method) => Method | undefined,
): T {
  return new Proxy(target, {
    get(given, name) {
      const value: unknown = Reflect.get(given, name);
      if (typeof value !== "function" || typeof name !== "string") return value;
      const call: Method = (...args) => Reflect.apply(value, given, args) as unknown;
      return wrap(name, call) ?? call;
    },
  });
}

interface Namespace {
  get(id: DurableObjectId): object;
}

/** `remembered`: its objects are asked again by the benchmark. */
export function countedObjects<N extends Namespace>(namespace: N, remembered = true): N {
  return around(namespace, (name, get) => {
    if (name !== "get") return undefined;
    return (id) => {
      const stub = get(id) as object;
      const key = String(id);
      if (remembered) called.set(key, id as DurableObjectId);
      return around(stub, (_method, call) => (...given) => {
        counts.calls += 1;
        return active(key, async () => call(...given));
      });
    };
  });
}

export function countedQueue<Q extends object>(queue: Q): Q {
  return around(queue, (name, call) => {
    if (name !== "send" && name !== "sendBatch") return undefined;
    return (...given) => {
      counts.messages += name === "send" ? 1 : [...(given[0] as Iterable<unknown>)].length;
      return call(...given);
    };
  });
}

/** From now on, of this isolate. */
export function countLog(): void {
  for (const level of ["debug", "info", "log", "warn", "error"] as const) {
    const write = console[level].bind(console);
    console[level] = (...given: unknown[]): void => {
      counts.logLines += 1;
      counts.logBytes += new TextEncoder().encode(given.map(String).join(" ")).length;
      write(...given);
    };
  }
}

const patched = new WeakSet<object>();

/** Replaces a method where all objects have it from. */
function patch(target: object, name: string, wrap: (self: object, call: Method) => Method): void {
  const prototype = Object.getPrototypeOf(target) as Record<string, Method>;
  const original = prototype[name];
  if (original === undefined) throw new Error(`${name} is not where it was`);
  prototype[name] = function patchedMethod(this: object, ...given: unknown[]): unknown {
    return wrap(this, (...args) => Reflect.apply(original, this, args))(...given);
  };
}

/** From the first object on, of all objects of this Worker. */
export function countStorage(storage: DurableObjectStorage): void {
  const prototype = Object.getPrototypeOf(storage) as object;
  if (patched.has(prototype)) return;
  patched.add(prototype);
  const counting =
    (rows: (result: unknown) => number) =>
    (_self: object, call: Method): Method =>
    (...given) => {
      const result = call(...given);
      counts.rows += rows(result);
      return result;
    };
  patch(
    storage.kv,
    "put",
    counting(() => 1),
  );
  patch(
    storage.kv,
    "delete",
    counting((existed) => (existed === true ? 1 : 0)),
  );
  patch(
    storage.sql,
    "exec",
    counting((cursor) => (cursor as SqlStorageCursor<never>).rowsWritten),
  );
  patch(storage, "setAlarm", (_self, call) => (...given) => {
    counts.rows += 1;
    counts.alarmsSet += 1;
    return call(...given);
  });
  patch(storage, "deleteAll", (self, call) => (...given) => {
    counts.rows += [...(self as DurableObjectStorage).kv.list()].length;
    return call(...given);
  });
}
