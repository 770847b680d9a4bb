// Waits for something real to have happened, as soon as it has; bounded.
import { setTimeout } from "node:timers/promises";

export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 20_000,
): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > end) throw new Error(`did not happen within ${limitMs} ms`);
    await setTimeout(25);
  }
}
