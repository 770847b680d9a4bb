// What the harness can order inside the runtime: types that both sides share. No code.

/**
 * `refuse`: the queue takes nothing. `lose`: it takes and forgets. `hang`: it never answers, as to an isolate
 * that ends with a `send` under way. `twice`: it delivers everything twice. `late`: after some seconds, in
 * another order. `together`: two consumers get each batch at once.
 */
export type QueueMode = "well" | "refuse" | "lose" | "hang" | "twice" | "late" | "together";

/** A consumer ends after Langfuse's answer: before the object has its settlement, or before it hears of that. */
export type ConsumerMode = "well" | "dies before it settles" | "dies after it settled";

/** `refuse`: every write fails. `each once`: of the nth new object the nth write. */
export type StorageMode = "well" | "refuse" | "each once";

/** `throw`: the first two alarms of each object break off. `silent`: alarms stay set, and do not run. */
export type AlarmMode = "well" | "throw" | "silent";

export interface Orders {
  queue: { mode: QueueMode; seed: number };
  consumer: { mode: ConsumerMode; seed: number };
  storage: { mode: StorageMode };
  alarms: { mode: AlarmMode };
  /** The clock jumps by so much, ms; alarms go by it. */
  clock: { byMs: number };
  /** A page of the objects that were ever called; what becomes of each. */
  objects: { from: number; do: "arm" | "spoil" | "tell" };
  /** Puts these chunks of a journal into a session that has none; or tells those that it has. */
  journal: { session: string; chunks?: string[] };
  /** Only tells: how often each kind of fault happened. */
  happened: object;
}

export interface Happened {
  /** When consumers died, or no settlement could be kept; epoch ms of the real clock. */
  deaths: number[];
  /** Leases whose consumer died. */
  deadConsumers: number;
  failedWrites: number;
  brokenAlarms: number;
  silentAlarms: number;
}

/** One object, as it is stored. */
export interface StoredObject {
  id: string;
  keys: number;
  /** Length of what it stores, UTF-16 units. */
  length: number;
  chunks: string[];
}
