/** The surroundings of a command: given by main.ts, and by tests. */
export interface Shell {
  env: Readonly<Record<string, string | undefined>>;
  out: (text: string) => void;
  err: (text: string) => void;
  fetch: typeof fetch;
  /** Opens a page in the user's browser; false where that is not possible. */
  open?: (url: string) => Promise<boolean>;
  /** Epoch ms. */
  now: () => number;
}
