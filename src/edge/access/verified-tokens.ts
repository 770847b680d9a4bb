// Remembers tokens that were verified, so that a page's next request does not pay for it again.
// Bounded; only what was verified gets in, and never longer than it is valid.
import type { VerifiedToken } from "./verified-token.ts";

/** A busy isolate sees some hundred pages; a caller and its token take about a kilobyte. */
const MAX_TOKENS = 1000;
/** A key that was withdrawn is not believed for longer than this. */
const MAX_AGE_MS = 5 * 60_000;

export interface VerifiedTokens {
  find: (token: string, now: number) => VerifiedToken | undefined;
  keep: (token: string, verified: VerifiedToken, now: number) => void;
}

export function verifiedTokens(): VerifiedTokens {
  const known = new Map<string, VerifiedToken>();
  return {
    find: (token, now) => {
      const verified = known.get(token);
      if (verified === undefined || now < verified.until) return verified;
      known.delete(token);
      return undefined;
    },
    keep: (token, { caller, until }, now) => {
      if (known.size >= MAX_TOKENS) {
        const [oldest] = known.keys();
        if (oldest !== undefined) known.delete(oldest);
      }
      known.set(token, { caller, until: Math.min(until, now + MAX_AGE_MS) });
    },
  };
}
