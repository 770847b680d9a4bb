import type { Register, Stamp } from "./state.ts";

/** The total order of actions: rank, time, client, number. Negative when `a` comes first. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a[0] - b[0] || a[1] - b[1] || compareText(a[2], b[2]) || a[3] - b[3];
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Of two writes the later stands: commutative, associative, idempotent. */
export function later<T>(known: Register<T> | undefined, v: T, s: Stamp): Register<T> {
  return known !== undefined && compareStamps(known.s, s) >= 0 ? known : { v, s };
}
