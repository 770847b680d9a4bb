/** The surroundings of a command: given by main.ts, and by tests. */
export interface Shell {
  env: Readonly<Record<string, string | undefined>>;
  out: (text: string) => void;
  err: (text: string) => void;
  fetch: typeof fetch;
  /** Epoch ms. */
  now: () => number;
}
