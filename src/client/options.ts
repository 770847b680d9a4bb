// Options, checked once at construction: the only place where the library throws.
import type { OfflineQueue } from "./offline.ts";
import type { DropReason } from "./types.ts";

/** Whose actions these are. Nothing of one identity is ever sent under another. */
export interface Identity {
  /** A session token, sent as `Authorization: Bearer`. */
  token?: string | undefined;
  /** Langfuse's public key; sent in place of a token where there is none. */
  publicKey?: string | undefined;
  /** Orders the page's actions at the edge, and groups its traces. Default: one of the page's own. */
  sessionId?: string | undefined;
  userId?: string | undefined;
}

export interface ClientOptions extends Identity {
  /** Where the edge is. Default `/api/langfuse/trace`. */
  endpoint?: string | undefined;
  /** Asked for the identity before anything is sent, and again when the edge answers 401. */
  identify?: (() => Identity | Promise<Identity>) | undefined;
  /** Stands in for the global `fetch`. */
  fetch?: typeof fetch | undefined;
  /** Sees each action's data before it is queued; what it returns is sent, null drops the action. */
  beforeSend?: ((action: string, data: object) => object | null) | undefined;
  onDrop?: ((reason: DropReason, count: number) => void) | undefined;
  /** Says on the console what is sent and what became of it. */
  debug?: boolean | undefined;
  /** Keeps unsent actions for another page: `offlineQueue()` of `/offline`, or one of your own. */
  offline?: OfflineQueue | undefined;
  /** How long an action waits for company, ms. Default 200. */
  flushMs?: number | undefined;
  /** Most actions in a request. Default 100. */
  batchActions?: number | undefined;
  /** Most bytes in a request, except for a single action. Default 60,000: what may outlive the page. */
  batchBytes?: number | undefined;
  /** Most actions that wait in memory (and never more than 4 MB of them). Default 1,000. */
  queueActions?: number | undefined;
  /** When a request is given up and tried again, ms. Default 10,000. */
  timeoutMs?: number | undefined;
}

const nothing = (): undefined => undefined;

/** One table says each option's name, kind and default. */
const DEFAULTS = {
  token: "",
  publicKey: "",
  sessionId: "",
  userId: "",
  endpoint: "/api/langfuse/trace",
  identify: nothing,
  fetch: (...request: Parameters<typeof fetch>) => fetch(...request),
  beforeSend: (_action: string, data: object): object | null => data,
  onDrop: nothing as (reason: DropReason, count: number) => void,
  offline: {},
  debug: false,
  flushMs: 200,
  batchActions: 100,
  batchBytes: 6e4,
  queueActions: 1e3,
  timeoutMs: 1e4,
};

export type Options = typeof DEFAULTS;

/** Throws a TypeError on an option that is unknown, of another kind, or a secret. */
export function checkedOptions(given: ClientOptions): Options {
  const options: Record<string, unknown> = { ...DEFAULTS };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (typeof value !== typeof options[name] || value < 0 || `${value}`.startsWith("sk-")) {
      throw new TypeError(`bad option ${name}`);
    }
    options[name] = value;
  }
  return options as Options;
}
