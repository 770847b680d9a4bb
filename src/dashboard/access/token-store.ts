// The read token of this tab: kept as long as the tab is, and nowhere else.

const KEY = "langfuse-edge.read-token";

export interface TokenStore {
  get: () => string | undefined;
  set: (token: string | undefined) => void;
}

/** Of `sessionStorage`, what is used. */
export interface TabStorage {
  getItem: (key: string) => string | null;
  setItem: (key: string, value: string) => void;
  removeItem: (key: string) => void;
}

/** A browser that forbids storage keeps it as long as the page is open. */
export function tokenStore(storage: () => TabStorage): TokenStore {
  let token = quietly(() => storage().getItem(KEY)) ?? undefined;
  return {
    get: () => token,
    set: (given) => {
      token = given;
      quietly(() =>
        given === undefined ? storage().removeItem(KEY) : storage().setItem(KEY, given),
      );
    },
  };
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
