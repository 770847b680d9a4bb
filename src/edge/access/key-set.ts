// An identity provider's public keys, kept for a while. Requests of one isolate share one fetch: no
// burst of requests, no unknown key id and no provider that is down makes more of them. While the
// provider can't be reached, keys that were seen go on being believed, for a bounded time.
// Must not wait for a promise of another request: the platform may end that request, and it with it.
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { readUpTo } from "../../protocol/bounded-body.ts";

/** How old keys may be before they are asked for again. */
const FRESH_MS = 10 * 60_000;
/** How old, while the provider can't be reached: what was withdrawn is believed no longer. */
const STALE_MS = 60 * 60_000;
/** An unknown key id may be a new key; but it may also be anybody's invention. */
const COOLDOWN_MS = 30_000;
/** After a failure: so long nobody else asks. */
const PAUSE_MS = 10_000;
const TIMEOUT_MS = 3000;
/** How often one looks whether another request has brought the keys. */
const LOOK_MS = 20;
const MAX_BYTES = 256 * 1024;

/** The keys can't be had just now: says nothing against the token. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

export interface KeySetShell {
  send: (request: Request) => Promise<Response>;
  /** Epoch ms. */
  now: () => number;
  wait: (ms: number) => Promise<void>;
}

export function remoteKeySet(url: string, { send, now, wait }: KeySetShell): JWTVerifyGetKey {
  let keys: ReturnType<typeof createLocalJWKSet> | undefined;
  let fetchedAt = -Infinity;
  let failedAt = -Infinity;
  /** When the fetch under way began. */
  let loadingSince = -Infinity;

  const isLoading = (): boolean => now() - loadingSince < TIMEOUT_MS + LOOK_MS;
  const load = async (): Promise<void> => {
    const asked = now();
    while (isLoading()) {
      if (now() - asked >= 2 * TIMEOUT_MS) return;
      await wait(LOOK_MS);
    }
    // Another request has brought them, or failed. One that the platform ended did neither: then the
    // first that sees it asks in its place.
    if (fetchedAt >= asked || now() - failedAt < PAUSE_MS) return;
    const mine = now();
    loadingSince = mine;
    try {
      keys = createLocalJWKSet(await fetchKeys(url, send));
      fetchedAt = now();
      failedAt = -Infinity;
    } catch {
      failedAt = now();
    } finally {
      if (loadingSince === mine) loadingSince = -Infinity;
    }
  };

  return async (header, token) => {
    if (now() - fetchedAt >= FRESH_MS) await load();
    if (keys === undefined || now() - fetchedAt >= STALE_MS) throw new KeysUnavailable();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (now() - fetchedAt < COOLDOWN_MS) throw error;
    }
    await load();
    // Not asked, or not answered: it may be a key that this isolate has not seen yet.
    if (now() - fetchedAt >= COOLDOWN_MS) throw new KeysUnavailable();
    return keys(header, token);
  };
}

async function fetchKeys(
  url: string,
  send: (request: Request) => Promise<Response>,
): Promise<JSONWebKeySet> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const headers = { accept: "application/json, application/jwk-set+json" };
  const response = await send(new Request(url, { redirect: "manual", headers, signal }));
  const { bytes, more } = await readUpTo(response.body, MAX_BYTES);
  if (response.status !== 200 || more) throw new Error("no key set");
  return JSON.parse(new TextDecoder().decode(bytes)) as JSONWebKeySet;
}
