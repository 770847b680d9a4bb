// When turns begin, over an hour that has lulls and a rush. Pure.
import type { Random } from "./random.ts";

/** Turns a minute: usual, and how much it swings. */
const USUAL_PER_MINUTE = 11;

/** Moments from 0 up to `lengthMs`, ascending; as many as users of a real chat would make. */
export function arrivals(random: Random, lengthMs: number, perMinute = USUAL_PER_MINUTE): number[] {
  const moments: number[] = [];
  for (let at = 0; ;) {
    const swing = 1 + 0.45 * Math.sin((at / lengthMs) * 4 * Math.PI) + rush(at / lengthMs);
    // The time between two arrivals that know nothing of each other.
    at += (-Math.log(1 - random.next()) * 60_000) / (perMinute * swing);
    if (at >= lengthMs) return moments;
    moments.push(at);
  }
}

/** At two thirds of the hour something is in the news. */
const rush = (part: number): number => 1.6 * Math.exp(-(((part - 0.66) / 0.05) ** 2));
