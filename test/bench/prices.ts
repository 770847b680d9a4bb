// Cloudflare's published prices (November 2026), beyond what is included, in dollars per million.
// The plan's own five dollars a month are not in here.
//
// developers.cloudflare.com/durable-objects/platform/pricing, for objects that store in SQLite: each
// call of a method and each alarm that runs is a request; a put or delete of the key-value methods is a
// row written of a hidden table; a setAlarm is one row; deletes are rows written; rows read cost a
// thousandth (an object's start reads one or two: nothing). An idle object that could hibernate is not
// billed for time. Of deleteAll it says nothing. In workerd it counts the keys, closes the database and
// removes its file, which is no row written of any statement (util/sqlite-kv.c++, SqliteKv::deleteAll;
// util/sqlite.c++, SqliteDatabase::reset), but it is also told to the meter as so many deletes
// (api/actor-state.c++, updateStorageDeletes), by the same way as a setAlarm is told as one write.
// What is billed of that is not public, so the dearer reading is taken: a row for each key.
//
// developers.cloudflare.com/workers/observability/logs/workers-logs: from December 2026 a line that is kept,
// ours or one that the platform writes of an invocation (wrangler.toml turns those off), by its bytes: a
// quarter of a dollar a gigabyte. What the platform adds to a line is not public, and not in here.
import type { Counts } from "./workers/counters.ts";

const PER_MILLION = {
  workerRequest: 0.3,
  cpuMs: 0.02,
  objectRequest: 0.15,
  objectGbSeconds: 12.5,
  rowWritten: 1,
  queueOperation: 0.4,
  logByte: 0.000_25,
};
/** An object is billed for this much memory while it is active. */
const OBJECT_GB = 0.128;
/** A message is written, read and deleted. */
const OPERATIONS_A_MESSAGE = 3;

export interface Counted extends Counts {
  /** Processor time of the whole process, queue and storage among it: more than Cloudflare bills. */
  cpuMs: number;
}

/** Dollars for a million turns, by what they are paid for; of what so many turns were counted to take. */
export function billOf(counted: Counted, turns: number): Record<string, number> {
  const { requests, batches, calls, alarms, rows, messages, logBytes, activeMs, cpuMs } = counted;
  const dollars = {
    // A consumer's batch is counted as a request too: what it costs is not published for itself.
    requests: (requests + batches) * PER_MILLION.workerRequest,
    "processor time": cpuMs * PER_MILLION.cpuMs,
    "object calls": (calls + alarms) * PER_MILLION.objectRequest,
    "active time": (activeMs / 1000) * OBJECT_GB * PER_MILLION.objectGbSeconds,
    rows: rows * PER_MILLION.rowWritten,
    queue: messages * OPERATIONS_A_MESSAGE * PER_MILLION.queueOperation,
    log: logBytes * PER_MILLION.logByte,
  };
  return Object.fromEntries(Object.entries(dollars).map(([name, value]) => [name, value / turns]));
}

export const dollarsOf = (counted: Counted, turns: number): number =>
  Object.values(billOf(counted, turns)).reduce((sum, part) => sum + part, 0);
