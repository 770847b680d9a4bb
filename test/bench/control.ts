// What the counted variants can be asked and told besides what they do (workers/edge-counted.ts).
import { setTimeout as pause } from "node:timers/promises";
import type { Variant } from "./bench.ts";
import type { Counts } from "./workers/counters.ts";

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

/** Objects that are called by one request: a Worker may make a thousand calls. */
const PAGE = 500;

/**
 * An object that is called keeps three files open until ten seconds after. At this pace those of 4,500 are open
 * at once; those of 6,700 are more than a process with the usual limit of 20,000 files may open.
 */
const PACE_MS_PER_OBJECT = 2.2;

/** Asks all objects, page by page. */
async function each<T>(variant: Variant, name: string): Promise<T[]> {
  const pages: T[] = [];
  for (let from = 0; ; from += PAGE) {
    const page = await ask<T & { objects: number; called: number }>(
      variant,
      `${name}?from=${from}&count=${PAGE}`,
    );
    pages.push(page);
    if (page.objects < PAGE) return pages;
    await pause(page.called * PACE_MS_PER_OBJECT);
  }
}

export const countsOf = (variant: Variant): Promise<Counts> => ask(variant, "counts");
export const forgetCounts = (variant: Variant): Promise<unknown> => ask(variant, "forget");
export async function storedIn(variant: Variant): Promise<StoredInAll> {
  const pages = await each<StoredInAll>(variant, "stored");
  const sum = (of: keyof StoredInAll): number => pages.reduce((total, page) => total + page[of], 0);
  return { objects: sum("objects"), keys: sum("keys"), bytes: sum("bytes"), alarms: sum("alarms") };
}
/** Puts all objects out of memory; the next call finds them cold. */
export const abortAll = (variant: Variant): Promise<unknown> => each(variant, "abort");

/** `rate`: how many times as fast as it is the clock runs from now on. */
export const setClock = (variant: Variant, aheadMs: number, rate = 1): Promise<{ now: number }> =>
  ask(variant, "clock", { aheadMs, rate });
/** Runs each alarm that is due by that clock. */
export const tick = (variant: Variant): Promise<unknown> => each(variant, "tick");

const HOUR_MS = 3_600_000;

/** Time passes until all that objects remember is over: each alarm on the way runs. */
export async function letTimePass(variant: Variant, hours = 30): Promise<void> {
  for (let hour = 0; hour < hours; hour += 1) {
    await setClock(variant, HOUR_MS);
    await tick(variant);
  }
}
