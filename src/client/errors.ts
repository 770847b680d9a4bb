/**
 * Errors of a page, in the trace of the turn that goes on: what was thrown and not caught, promises that were
 * rejected, resources of the chat that failed. Other trackers on the page keep working.
 *
 * @module
 * @example
 * const stop = trackErrors({ client });
 * @example
 * turn.error(new Error("the answer could not be shown", { cause }));
 */
import { errorReportsOf } from "./errors/error-reports.ts";
import { watchPage } from "./errors/watch-page.ts";
import { page } from "./send/page.ts";
import type { LangfuseProxy } from "./trace/proxy.ts";

export type { Mechanism } from "./errors/error-reports.ts";
export {
  type CauseText,
  describeError,
  type ErrorDescription,
  type ErrorText,
} from "./errors/describe-error.ts";
export { fingerprint } from "./errors/fingerprint.ts";

export interface ErrorTracking {
  client: LangfuseProxy;
  /** Also while no turn goes on: in a trace `page-errors`. */
  between?: boolean;
  /** A selector: images, scripts and media in it, or that it matches, are told where they fail to load. Default none. */
  resources?: string;
  /** True for an error that is not to be told. */
  ignore?: (error: unknown) => boolean;
}

const WATCHES = new WeakMap<object, () => void>();

/**
 * Tracks the page's errors for a client; another call for the same client takes the place of the one before.
 *
 * @returns stops it; `turn.error` goes on to work
 */
export function trackErrors({
  client,
  between = false,
  resources,
  ignore,
}: ErrorTracking): () => void {
  WATCHES.get(client)?.();
  const reports = errorReportsOf(client);
  reports.between = between;
  const unwatch = watchPage((error, how) => {
    let isIgnored = false;
    try {
      isIgnored = !!ignore?.(error);
    } catch {
      // A filter that fails hides no error.
    }
    if (!isIgnored) reports.report(error, how);
  }, resources);
  const { finish } = reports;
  // Before the client, which sends what is left.
  page.addEventListener?.("pagehide", finish, true);
  const stop = (): void => {
    if (WATCHES.get(client) !== stop) return;
    WATCHES.delete(client);
    unwatch();
    page.removeEventListener?.("pagehide", finish, true);
    finish();
    reports.between = false;
  };
  WATCHES.set(client, stop);
  return stop;
}
