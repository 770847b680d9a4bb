// How somebody comes to see a project's figures: what the token route gives, and where the link of
// `npx langfuse-edge dashboard` has it. Pure.

/** Where the pages are. */
export const DASHBOARD_PATH = "/dashboard";

/**
 * In the link's fragment, which no browser sends and no log holds: `#code=…`, which the page exchanges, once, for a
 * token: `POST /api/langfuse/token` with `{"code":"…"}` and no authorization gives `ReadTokenBody`. The page takes it
 * out of the address at once. `#token=…` is a token itself, for links that a program makes.
 */
export const CODE_FRAGMENT = "code";
export const TOKEN_FRAGMENT = "token";

/** Answer of `POST /api/langfuse/token` to `{"scope":"read"}` with Basic, and to `{"code":"…"}`. */
export interface ReadTokenBody {
  token: string;
  /** ISO 8601. */
  expiresAt: string;
  /** The project that it shows. */
  publicKey: string;
  scope: "read";
}

/** The answer to `{"scope":"read","once":true}`: a code that is good once, for `CODE_SECONDS`. */
export interface ReadCodeBody {
  code: string;
  expiresAt: string;
  publicKey: string;
  scope: "read";
}

export const CODE_SECONDS = 120;
/** Life of a read token that asks for none: a working hour. */
export const DEFAULT_READ_TOKEN_SECONDS = 3600;
/** Longest: a working day. */
export const MAX_READ_TOKEN_SECONDS = 12 * 3600;
