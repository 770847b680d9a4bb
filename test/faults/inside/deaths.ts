// When something ended that could have settled an answer: what was answered then may be sent again.
import { platformNow } from "./clock.ts";

/** Moments that lie closer together are one. */
const APART_MS = 100;

/** Epoch ms of the real clock. */
export const deaths: number[] = [];

export function died(): void {
  const now = platformNow();
  if (now - (deaths.at(-1) ?? 0) >= APART_MS) deaths.push(now);
}
