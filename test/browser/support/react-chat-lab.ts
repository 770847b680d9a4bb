// What the React chat offers to tests, beside what a user sees.
import type { Variants } from "../../../src/client/chat.ts";
import type { ClientOptions } from "../../../src/client/index.ts";

export interface ReactChatSetup {
  client?: ClientOptions;
  experiments?: Variants;
  /** With Sentry, Faro and a handler of the app's own on the page. */
  trackers?: boolean;
}

declare global {
  /** Messages of errors, as others on the page were told of them. */
  // oxlint-disable-next-line no-var -- the only way to declare a global
  var told: Record<"onerror" | "sentry" | "faro", string[]>;
}
