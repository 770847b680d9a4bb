// One structured event per unit of work (request, seal, delivery), readable in `wrangler tail`.
// Events carry counts, codes, times and ids of objects; never payloads, keys or tokens. Work that went
// well is logged at debug only: a stored line costs twice as much as the request that it is about.

/** From work that went well (debug) to faults that need somebody (error). */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const DEFAULT_LOG_LEVEL: LogLevel = "info";

let minLevel: LogLevel = DEFAULT_LOG_LEVEL;

/** From now on this isolate writes events of that level and above. */
export function logFrom(level: LogLevel): void {
  minLevel = level;
}

/** Only plain scalars: a payload cannot slip in as a nested object. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one JSON line, unless its level is below the one set. */
export function logEvent(level: LogLevel, event: string, fields: LogFields): void {
  if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(minLevel)) return;
  // oxlint-disable-next-line no-console -- the platform's log is the console
  console[level](JSON.stringify({ event, ...fields }));
}

/**
 * An error's name and message for a log, cut short. The stack stays out, and so do quotations in the
 * message: a parser quotes the text that it could not read, which is somebody's payload. Never throws: whoever
 * calls it has just caught something, of a hook's author perhaps, who may throw anything.
 */
export function describeError(error: unknown): string {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return text.replace(/"[^]*"/, '"…"').slice(0, 300);
  } catch {
    return "an error that can't be told";
  }
}
