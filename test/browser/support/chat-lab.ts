// What the chat page offers to tests, beside its form: `chat`, a global of the page.
import type { ChatTurn, TurnOptions } from "../../../src/client/chat.ts";
import type {
  ClientOptions,
  DropReason,
  StoredBatch,
  LangfuseProxy,
} from "../../../src/client/index.ts";

export interface ChatSetup {
  /** How the page asks its backend. Default `tracedFetch`; `plain` is without the library. */
  by?: "tracedFetch" | "traceChat" | "plain";
  chatUrl?: string;
  client?: ClientOptions;
  turn?: Partial<TurnOptions>;
  /** Where the page learns who its user is. */
  identityUrl?: string;
  /** With the offline queue of `/offline`. */
  offline?: boolean;
}

/** One answer, as the user saw it. */
export interface Shown {
  text: string;
  chunks: number;
  /** From the click to the first text, ms. */
  firstMs: number;
  error?: string;
}

export interface ChatLab {
  send: (message: string, by?: ChatSetup["by"]) => Promise<Shown>;
  /** How long after its time each piece of an answer came, that has its time of sending, `1790000000000.123`. */
  arrivals: (by: ChatSetup["by"]) => Promise<number[]>;
  /** Stands in for the page's own `fetch`. */
  traced: typeof fetch;
  langfuse: LangfuseProxy;
  /** What the browser keeps for another page. */
  kept: () => Promise<StoredBatch[]>;
  /** Forgets what was shown and traced, on the page only. */
  clear: () => void;
  shown: Shown[];
  drops: [DropReason, number][];
  /** Of the flows written by hand. */
  turns: ChatTurn[];
}

declare global {
  // oxlint-disable-next-line no-var -- the only way to declare a global
  var chat: ChatLab;
}
