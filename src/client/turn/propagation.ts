import { page } from "../send/page.ts";

/** A place where trace headers may go: an origin or the beginning of a URL, or a pattern of whole URLs. */
export type Target = string | RegExp;

/**
 * The same origin, or one that was named. Anywhere else an unknown header would fail the preflight,
 * and tell a stranger about the user.
 */
export function mayPropagate(url: string, targets: Target[] = []): boolean {
  const base = page.location?.href;
  const { href, origin, pathname } = new URL(url, base);
  return [...(base ? [new URL(base).origin] : []), ...targets].some((target) => {
    if (typeof target !== "string") return href.search(target) >= 0;
    const allowed = new URL(target, base);
    // Never as text: `https://a.example` is the beginning of `https://a.example.evil.io`.
    return allowed.origin === origin && pathname.startsWith(allowed.pathname);
  });
}
