// An identity provider's public keys, kept for a while. Requests of one isolate share one fetch: no
// burst of requests, no unknown key id and no provider that is down makes more of them. While the
// provider can't be reached, keys that were seen go on being believed, for a bounded time.
// Must not wait for a promise of another request: the platform may end that request, and it with it.
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { readUpTo } from "../../protocol/bounded-body.ts";

/** Older keys are fetched again. */
const FRESH_MS = 10 * 60_000;
/** Older keys are not believed, even while the provider can't be reached: one may be withdrawn. */
const STALE_MS = 60 * 60_000;
/** Between fetches for an unknown key id: it may be a new key, or anybody's invention. */
const COOLDOWN_MS = 30_000;
/** After a failed fetch no other is made for so long. */
const RETRY_AFTER_MS = 10_000;
const FETCH_TIMEOUT_MS = 3000;
/** Between looks whether another request has fetched the keys. */
const POLL_MS = 20;
const MAX_BYTES = 256 * 1024;

/** The keys can't be fetched just now, which says nothing against the token. */
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
  /** When the fetch in flight began. */
  let loadingSince = -Infinity;

  /** How long ago, ms. A moment that is ahead, since the clock stepped back, is taken for long past. */
  const msSince = (at: number): number => (at > now() ? Infinity : now() - at);
  const isLoading = (): boolean => msSince(loadingSince) < FETCH_TIMEOUT_MS + POLL_MS;
  const load = async (): Promise<void> => {
    const calledAt = now();
    while (isLoading()) {
      if (msSince(calledAt) >= 2 * FETCH_TIMEOUT_MS) return;
      await wait(POLL_MS);
    }
    // Another request has fetched them, or failed. If the platform ended it, it did neither: then the
    // first request that sees this fetches in its place.
    const isFetched = fetchedAt >= calledAt && fetchedAt <= now();
    if (isFetched || msSince(failedAt) < RETRY_AFTER_MS) return;
    const beganAt = now();
    loadingSince = beganAt;
    try {
      keys = createLocalJWKSet(await fetchKeys(url, send));
      fetchedAt = now();
      failedAt = -Infinity;
    } catch {
      failedAt = now();
    } finally {
      if (loadingSince === beganAt) loadingSince = -Infinity;
    }
  };

  return async (header, token) => {
    if (msSince(fetchedAt) >= FRESH_MS) await load();
    if (keys === undefined || msSince(fetchedAt) >= STALE_MS) throw new KeysUnavailable();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      if (msSince(fetchedAt) < COOLDOWN_MS) throw error;
    }
    await load();
    // No fetch was made, or it failed: the key may be one that this isolate has not seen yet.
    if (msSince(fetchedAt) >= COOLDOWN_MS) throw new KeysUnavailable();
    return keys(header, token);
  };
}

async function fetchKeys(
  url: string,
  send: (request: Request) => Promise<Response>,
): Promise<JSONWebKeySet> {
  const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
  const headers = { accept: "application/json, application/jwk-set+json" };
  const response = await send(new Request(url, { redirect: "manual", headers, signal }));
  const { bytes, more } = await readUpTo(response.body, MAX_BYTES);
  if (response.status !== 200 || more) throw new Error("no key set");
  return JSON.parse(new TextDecoder().decode(bytes)) as JSONWebKeySet;
}
