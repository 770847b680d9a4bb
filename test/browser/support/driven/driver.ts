// One browser profile, as a driver offers it: windows by their handles, and code that runs in them.
export interface Driver {
  open: () => Promise<string>;
  goTo: (window: string, url: string) => Promise<void>;
  reload: (window: string) => Promise<void>;
  /** As a user closes a tab; the browser itself stays. */
  close: (window: string) => Promise<void>;
  /** The expression's value in the page, awaited there. */
  evaluate: (window: string, expression: string) => Promise<unknown>;
  /** What a page says on its console, and its uncaught errors; by no driver that tells nothing of pages. */
  listen?: (window: string, hear: (entry: LogEntry) => void) => void;
  /** For a browser that can be told to have no network. */
  setOffline?: (isOffline: boolean) => Promise<void>;
  stop: () => Promise<void>;
}

export interface LogEntry {
  isUncaught: boolean;
  level: string;
  text: string;
}

/** What `expression` gives, or why it gives nothing, as JSON text. */
export const asJson = (expression: string): string =>
  `Promise.resolve().then(() => (${expression})).then(
    (value) => JSON.stringify({ value }),
    (error) => JSON.stringify({ error: String(error), stack: error?.stack }),
  )`;

export function valueOf(json: string): unknown {
  const { value, error, stack } = JSON.parse(json) as Record<string, unknown>;
  if (error !== undefined) throw new Error(`in the page: ${error as string}\n${stack as string}`);
  return value;
}
