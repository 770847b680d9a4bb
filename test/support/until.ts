// Waits for something real to have happened, as soon as it has. The limit only ends a test that hangs: some things
// take a minute by themselves, and a busy machine its own time.
import { setTimeout } from "node:timers/promises";

const LIMIT_MS = 120_000;

/** For `vi.waitFor`, which gives up after a second by itself. */
export const PATIENTLY = { timeout: LIMIT_MS };

export async function until<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = LIMIT_MS,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > end) throw new Error(`did not happen within ${limitMs} ms`);
    await setTimeout(25);
  }
}
