// Rate limits of callers. Servers are not counted: they hold the keys, and speak for many. The
// platform counts; where it binds no counter (outside Cloudflare) nothing is limited here.
// A flood must not lock out others: each owner has a count of its own, and an address has room for
// many. Keys are hashed: a counter needs no names.
// Callers that are not let in are not counted: that is known only when the cost is paid, and a page
// whose token has expired must be answered just that, however many forgers share its address.
import { derivedId } from "../../protocol/ids.ts";
import type { LimitName, RateLimit, RateLimiter } from "../../protocol/rate-limits.ts";
import type { Caller } from "./caller.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { addressKey } from "./address.ts";

export type Limiters = Readonly<Partial<Record<LimitName, RateLimiter>>>;

export interface RateLimiting {
  /** Asked once the caller is known, before the body is read. */
  byCaller: (caller: Caller, headers: Headers) => Promise<RequestRefusal | undefined>;
  /** Asked before objects are called. `session`: the one that the request names. */
  byObjects: (
    caller: Caller,
    headers: Headers,
    objects: readonly string[],
    session?: string,
  ) => Promise<RequestRefusal | undefined>;
}

/** A name takes about 100 bytes. */
const MAX_NAMES = 5000;

/**
 * The objects that this isolate has called lately. An object that is not among them may not exist yet,
 * and would cost; forgetting one costs only a count.
 */
export interface Seen {
  has: (name: string) => boolean;
  add: (name: string) => void;
}

export function seenLately(max = MAX_NAMES): Seen {
  const names = new Set<string>();
  return {
    has: (name) => names.has(name),
    add: (name) => {
      // Again at the end: an object that is called often is remembered.
      names.delete(name);
      names.add(name);
      if (names.size <= max) return;
      const [oldest] = names;
      if (oldest !== undefined) names.delete(oldest);
    },
  };
}

export function rateLimiting(
  limiters: Limiters,
  rates: Readonly<Record<LimitName, RateLimit>>,
  seen: Seen = seenLately(),
): RateLimiting {
  const count = async (name: LimitName, ...key: string[]): Promise<RequestRefusal | undefined> => {
    const limiter = limiters[name];
    if (limiter === undefined) return undefined;
    try {
      const { success } = await limiter.limit({ key: derivedId(name, ...key) });
      if (success) return undefined;
    } catch {
      // A request that can't be counted is not let through.
    }
    return refusalOf(name, rates[name]);
  };
  /** Counted by owner; a caller that names nobody by its address. */
  const keyOf = ({ project, owner, tag }: Caller, headers: Headers): string[] =>
    tag === undefined
      ? [project.publicKey, "address", addressKey(headers)]
      : [project.publicKey, "owner", owner];

  return {
    byCaller: async (caller, headers) => {
      if (caller.writer === "server") return undefined;
      // Anonymous callers are counted by session, which the body names. An owner's own count comes
      // first: a request over it does not use up the address's.
      const refusal =
        caller.tag === undefined ? undefined : await count("owner", ...keyOf(caller, headers));
      return refusal ?? count("address", addressKey(headers));
    },
    byObjects: async (caller, headers, objects, session) => {
      if (caller.writer === "server") return undefined;
      const key = keyOf(caller, headers);
      if (caller.tag === undefined) {
        const refusal = await count("owner", ...key, session ?? "");
        if (refusal !== undefined) return refusal;
      }
      for (const object of objects) {
        const refusal = seen.has(object) ? undefined : await count("new", ...key);
        if (refusal !== undefined) return refusal;
        seen.add(object);
      }
      return undefined;
    },
  };
}

function refusalOf(name: LimitName, { requests, seconds }: RateLimit): RequestRefusal {
  const what = { owner: "requests", address: "requests from this address", new: "new sessions" };
  return {
    code: "rate_limited",
    message: `more than ${requests} ${what[name]} in ${seconds} s; send it again later`,
    headers: {
      "retry-after": String(seconds),
      "x-ratelimit-limit": String(requests),
      "x-ratelimit-policy": `${requests};w=${seconds};name="${name}"`,
    },
  };
}
