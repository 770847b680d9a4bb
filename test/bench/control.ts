// What the counted variants can be asked and told besides what they do (workers/edge-counted.ts).
import type { Variant } from "./bench.ts";
import type { Counts } from "./workers/counters.ts";

export type { Counts };

/** What all objects that were ever called still store. */
export interface StoredInAll {
  objects: number;
  keys: number;
  bytes: number;
  alarms: number;
}

async function ask<T>({ url }: Variant, name: string, told?: object): Promise<T> {
  const init = told === undefined ? {} : { method: "POST", body: JSON.stringify(told) };
  const response = await fetch(`${url}/bench/${name}`, init);
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  return response.json<T>();
}

export const countsOf = (variant: Variant): Promise<Counts> => ask(variant, "counts");
export const forgetCounts = (variant: Variant): Promise<unknown> => ask(variant, "forget");
export const storedIn = (variant: Variant): Promise<StoredInAll> => ask(variant, "stored");
/** Puts all objects out of memory; the next call finds them cold. */
export const abortAll = (variant: Variant): Promise<unknown> => ask(variant, "abort");

/** `rate`: how many times as fast as it is the clock runs from now on. */
export const setClock = (variant: Variant, aheadMs: number, rate = 1): Promise<unknown> =>
  ask(variant, "clock", { aheadMs, rate });

const HOUR_MS = 3_600_000;

/** Time passes until all that objects remember is over: each alarm on the way runs. */
export async function letTimePass(variant: Variant, hours = 30): Promise<void> {
  for (let hour = 0; hour < hours; hour += 1) {
    await setClock(variant, HOUR_MS);
    await ask(variant, "tick");
  }
}
