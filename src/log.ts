// One structured event per unit of work (request, seal, delivery), readable in `wrangler tail`.
// Events carry counts, codes, times and ids of objects; never payloads, keys or tokens.

export type LogLevel = "info" | "warn" | "error";

/** Only plain scalars: a payload cannot slip in as a nested object. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one JSON line. */
export function logEvent(level: LogLevel, event: string, fields: LogFields): void {
  // oxlint-disable-next-line no-console -- the platform's log is the console
  console[level](JSON.stringify({ event, ...fields }));
}

/**
 * An error's name and message for a log, cut short; the stack stays out, and so does what the message
 * quotes: a parser's quotes the text that it could not read, which is somebody's payload.
 */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/"[^]*"/, '"…"').slice(0, 300);
}
