// Options, checked once at construction: the only place where the library throws.
import type { OfflineQueue } from "../offline/offline-queue.ts";
import type { DropReason } from "../types.ts";

/** The user or session that acts. Nothing of one identity is ever sent under another. */
export interface Identity {
  /** A session token, sent as `Authorization: Bearer`. */
  token?: string | undefined;
  /** The end of the token, ISO: until shortly before, `identify` is not asked again. */
  expiresAt?: string | undefined;
  /** Langfuse's public key; sent in place of a token where there is none. */
  publicKey?: string | undefined;
  /** Orders the page's actions at the edge, and groups its traces. Default: one of the page's own. */
  sessionId?: string | undefined;
  /** With a token: the one that it names, or none. */
  userId?: string | undefined;
  /** The end of the token's trace ids; else computed of the public key and the user or session. */
  ownerTag?: string | undefined;
}

export interface ClientOptions extends Identity {
  /** The edge's URL. Default `/api/langfuse/trace`. */
  endpoint?: string | undefined;
  /**
   * The function that is asked for the identity before each request, unless its last answer says by `expiresAt` that it is
   * good for longer; and again when the edge answers 401. The edge's token answer will do.
   */
  identify?: (() => Identity | Promise<Identity>) | undefined;
  /** The edge has `TRACE_ID_FORMAT=verbatim`: trace ids stay as they are, and have no traceparent. */
  verbatim?: boolean | undefined;
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
  /** Most bytes in a request, except for a single action. Default 50,000: what may outlive the page. */
  batchBytes?: number | undefined;
  /** How many bytes of actions may wait in memory before more of them are dropped. Default 2,000,000. */
  queueBytes?: number | undefined;
  /** When a request is given up and tried again, ms. Default 10,000. */
  timeoutMs?: number | undefined;
}

export const nothing = (): undefined => undefined;

/** One table says each option's name, kind and default. */
const DEFAULTS = {
  token: "",
  expiresAt: "",
  publicKey: "",
  sessionId: "",
  userId: "",
  ownerTag: "",
  endpoint: "/api/langfuse/trace",
  identify: nothing,
  fetch: (input: RequestInfo, init?: RequestInit): Promise<Response> => fetch(input, init),
  beforeSend: (_action: string, data: object): object | null => data,
  onDrop: nothing as (reason: DropReason, count: number) => void,
  offline: {},
  verbatim: false,
  debug: false,
  flushMs: 200,
  batchActions: 100,
  batchBytes: 5e4,
  queueBytes: 2e6,
  timeoutMs: 1e4,
};

export type Options = typeof DEFAULTS;

/** Throws a TypeError on an option that is unknown, of another kind, or a secret. */
export function checkedOptions(given: ClientOptions): Options {
  const options: Record<string, unknown> = { ...DEFAULTS };
  for (const [name, value = options[name]] of Object.entries(given)) {
    // oxlint-disable-next-line unicorn/prefer-string-starts-ends-with -- values of any kind are tested
    if (typeof value !== typeof options[name] || value < 0 || /^sk-/.test(value as string)) {
      throw new TypeError(`bad option ${name}`);
    }
    options[name] = value;
  }
  return options as Options;
}
