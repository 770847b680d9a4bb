// Errors that a page has, as its browser tells them: heard, never handled. No handler is wrapped and no default is
// prevented, so that other trackers and the console see all that they saw before.
import { page, type PageEvent } from "../send/page.ts";
import type { Report } from "./error-reports.ts";

/** What the browser tells; which fields there are depends on the kind of event. */
interface ErrorEventLike extends PageEvent {
  error?: unknown;
  message?: string;
  filename?: string;
  lineno?: number;
  colno?: number;
  reason?: unknown;
  target?: unknown;
}
interface ElementLike {
  localName?: string;
  currentSrc?: string;
  src?: string;
  href?: string;
  closest?(selector: string): unknown;
}

/**
 * Errors without anything to learn: of another origin's script, of which the browser says nothing; and of a layout that took
 * more than a frame, which browsers call an error.
 */
const MUTE = /^(?:Uncaught )?(?:Script error\.?|ResizeObserver loop .*)$/;

/** @returns stops the watching */
export function watchPage(
  report: (error: unknown, how: Report) => void,
  resources?: string,
): () => void {
  const onResource = (element: ElementLike): void => {
    if (!resources || !element.closest?.(resources)) return;
    const { localName = "", currentSrc, src, href = "" } = element;
    // A query may hold what only the user should have.
    const address = (currentSrc || src || href).replace(/[?#].*/, "").slice(0, 500);
    const error = { name: "ResourceError", message: `${localName} failed to load: ${address}` };
    report(error, { mechanism: "resource", handled: false });
  };
  const onError = (event: PageEvent): void => {
    const { error, message = "", target, filename, lineno, colno } = event as ErrorEventLike;
    // Those of elements do not bubble; the window sees them on their way down.
    if (target && target !== page && Object(target).localName) return onResource(target);
    if ((error === undefined || error === null) && MUTE.test(message)) return;
    const place = filename && { stack: `    at ${filename}:${lineno}:${colno}` };
    report(error ?? { name: "Error", message, ...place }, { mechanism: "onerror", handled: false });
  };
  const onRejection = (event: PageEvent): void => {
    const { reason } = event as ErrorEventLike;
    // Somebody wanted no more of something: that is no error.
    if (Object(reason).name === "AbortError") return;
    report(reason, { mechanism: "onunhandledrejection", handled: false });
  };
  page.addEventListener?.("error", onError, true);
  page.addEventListener?.("unhandledrejection", onRejection);
  return () => {
    page.removeEventListener?.("error", onError, true);
    page.removeEventListener?.("unhandledrejection", onRejection);
  };
}
