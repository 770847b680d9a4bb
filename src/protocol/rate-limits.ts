// The rate limits of the edge. The counting is the platform's: per location of
// its network, roughly, and for free. wrangler.toml binds the counters and says the same figures.

export type LimitName = "owner" | "address" | "new";

export interface RateLimit {
  requests: number;
  /** The platform knows 10 and 60. */
  seconds: number;
}

/** A binding of the platform, which does not give its own figures. */
export interface RateLimiter {
  limit: (asked: { key: string }) => Promise<{ success: boolean }>;
}

export const LIMIT_BINDINGS = {
  owner: "LIMIT_OWNER",
  address: "LIMIT_ADDRESS",
  new: "LIMIT_NEW",
} as const satisfies Record<LimitName, string>;

export const DEFAULT_RATE_LIMITS: Readonly<Record<LimitName, RateLimit>> = {
  /** Of one user, or one session: the client library sends at most five requests a second. */
  owner: { requests: 100, seconds: 10 },
  /** Of one address, behind which a whole office may sit: far above what one tab may send. */
  address: { requests: 1000, seconds: 10 },
  /** Of sessions or traces that this part of the edge has not seen lately: each may cost an object. */
  new: { requests: 120, seconds: 60 },
};
