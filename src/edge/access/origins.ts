// Which pages may call, judged by a request's `Origin` before anything else of it is looked at. Pure.
// Browsers set that header themselves; another program gains nothing by forging it, since an allowed
// origin alone lets nobody in.
import type { OriginRule } from "../../settings/origins.ts";

export type OriginVerdict =
  /** The request is no page's of another origin: a server's, or the same origin's GET. */
  | { kind: "none" }
  /** `origin`: as it was sent, and is answered. */
  | { kind: "allowed"; origin: string }
  | { kind: "refused" };

export interface OriginPolicy {
  judge: (request: Request) => OriginVerdict;
  /** May browsers send cookies along? */
  credentials: boolean;
}

/** Pages of all origins may call: in development. */
export const anyOrigin: OriginPolicy = {
  judge: () => ({ kind: "allowed", origin: "*" }),
  credentials: false,
};

export function allowedOrigins(rules: readonly OriginRule[], credentials: boolean): OriginPolicy {
  const exact = new Set(rules.flatMap((rule) => ("exact" in rule ? [rule.exact] : [])));
  const wildcards = rules.filter((rule) => "below" in rule);
  return {
    judge: ({ headers, url }) => {
      const sent = headers.get("origin");
      if (sent === null) return { kind: "none" };
      // Only ASCII letters: a Kelvin sign, say, becomes a k in lower case, and is none.
      const origin = sent.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
      // An origin that is allowed by name needs no parsing.
      const allowed =
        exact.has(origin) || isOwn(origin, url) || wildcards.some((rule) => fits(rule, origin));
      return allowed ? { kind: "allowed", origin: sent } : { kind: "refused" };
    },
    credentials,
  };
}

type Wildcard = Extract<OriginRule, { below: string }>;

/** The part of a host that a wildcard stands for: names between dots. */
const HOST = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

function fits(rule: Wildcard, origin: string): boolean {
  const url = originUrl(origin);
  return (
    url !== undefined &&
    url.protocol === rule.scheme &&
    url.port === rule.port &&
    url.hostname.endsWith(rule.below) &&
    HOST.test(url.hostname.slice(0, -rule.below.length))
  );
}

function isOwn(origin: string, requestUrl: string): boolean {
  return originUrl(origin)?.origin === new URL(requestUrl).origin;
}

/** Undefined unless the text is an origin and nothing more: no path, no user, no other spelling. */
function originUrl(origin: string): URL | undefined {
  if (!URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  return url.origin === origin ? url : undefined;
}
