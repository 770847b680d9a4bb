// From where: which pages may call, judged by a request's `Origin` before anything else of it is
// looked at. Pure. Browsers set that header themselves; who is no browser has no use for forging it,
// since an allowed origin alone lets nobody in.
import type { OriginRule } from "../../settings/origins.ts";

export type OriginVerdict =
  /** No page of another origin asks: a server, or the same origin's GET. */
  | { kind: "none" }
  /** `origin`: what to answer, as it was sent. */
  | { kind: "allowed"; origin: string }
  | { kind: "refused" };

export interface OriginPolicy {
  judge: (request: Request) => OriginVerdict;
  /** May browsers send cookies along? */
  credentials: boolean;
}

/** Of all origins: as in development. */
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
      // Only these letters: what looks like one of them in small letters is no way to write it.
      const origin = sent.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
      // What is allowed by name needs no parsing.
      const allowed =
        exact.has(origin) || isOwn(origin, url) || wildcards.some((rule) => fits(rule, origin));
      return allowed ? { kind: "allowed", origin: sent } : { kind: "refused" };
    },
    credentials,
  };
}

type Wildcard = Extract<OriginRule, { below: string }>;

/** What stands before a wildcard's rest: names between dots. */
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

/** Only what is an origin and nothing more: no path, no user, no second way to write it. */
function originUrl(origin: string): URL | undefined {
  if (!URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  return url.origin === origin ? url : undefined;
}
