// How much one may ask for. Servers are not counted: they hold the keys, and speak for many. The
// platform counts; where it binds no counter (outside Cloudflare) nothing is limited here.
// One who floods must not lock out others: each owner has a count of its own, and an address has room
// for many. Keys are hashed: a counter needs no names.
// Who is not let in is not counted: that is known only when the work is done, and a page whose token
// has ended must hear just that, which makes it ask for a new one, however many forgers are beside it.
import { derivedId } from "../../protocol/ids.ts";
import type { LimitName, RateLimit, RateLimiter } from "../../protocol/rate-limits.ts";
import type { Caller } from "../caller.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import { addressKey } from "./address.ts";
import { type Seen, seenLately } from "./seen.ts";

export type Limiters = Readonly<Partial<Record<LimitName, RateLimiter>>>;
type Refusal = RequestRefusal | undefined;

export interface RateLimiting {
  /** When the caller is known, before the body is read. */
  byCaller: (caller: Caller, headers: Headers) => Promise<Refusal>;
  /** When it is known which objects would be called. `session`: the one that the request names. */
  byObjects: (
    caller: Caller,
    headers: Headers,
    objects: readonly string[],
    session?: string,
  ) => Promise<Refusal>;
}

export function rateLimiting(
  limiters: Limiters,
  rates: Readonly<Record<LimitName, RateLimit>>,
  seen: Seen = seenLately(),
): RateLimiting {
  const count = async (name: LimitName, ...key: string[]): Promise<Refusal> => {
    const limiter = limiters[name];
    if (limiter === undefined) return undefined;
    try {
      const { success } = await limiter.limit({ key: derivedId(name, ...key) });
      if (success) return undefined;
    } catch {
      // What can't be counted is not let through uncounted.
    }
    return refusalOf(name, rates[name]);
  };
  /** Whose counts these are: an owner's, or of who is known by nothing but an address. */
  const keyOf = ({ project, owner, tag }: Caller, headers: Headers): string[] =>
    tag === undefined
      ? [project.publicKey, "address", addressKey(headers)]
      : [project.publicKey, "owner", owner];

  return {
    byCaller: async (caller, headers) => {
      if (caller.writer === "server") return undefined;
      // Who is anonymous is counted by session, which the body names. An owner's own count comes
      // first: what is over it does not use up the address's.
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
