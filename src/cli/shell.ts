/** The environment of a command: given by main.ts, and by tests. */
export interface Shell {
  env: Readonly<Record<string, string | undefined>>;
  out: (text: string) => void;
  err: (text: string) => void;
  fetch: typeof fetch;
  /** Opens a page in the user's browser; false where that is not possible. */
  open?: (url: string) => Promise<boolean>;
  /** Epoch ms. */
  now: () => number;
  /** For commands that do something on this machine. */
  machine?: Machine;
}

export interface Machine {
  /** The folder of this package. */
  packageFolder: string;
  /** Where the command was called. */
  folder: string;
  /** The version of Node that runs this, such as 20. */
  nodeMajor: number;
  wait: (ms: number) => Promise<void>;
  /** Runs a program with this machine's environment and more; what it says is shown, and returned. */
  spawn: (program: readonly string[], how: SpawnOptions) => Promise<{ code: number; said: string }>;
  /** Absent where nobody sits at a terminal. */
  ask?: (question: string, how?: { hidden?: boolean }) => Promise<string>;
}

export interface SpawnOptions {
  folder: string;
  env?: Readonly<Record<string, string>>;
}
