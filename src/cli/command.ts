import type { EdgeClient } from "./edge-client.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Shell } from "./shell.ts";

export interface OptionSpec {
  type: "boolean" | "string";
  /** The word behind it in help, such as `<n>`. */
  value?: string;
  help: string;
}

export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

export interface CommandInput {
  values: OptionValues;
  /** Arguments that belong to no option. */
  words: readonly string[];
  shell: Shell;
  /** All that there are. */
  commands: readonly Command[];
  /** Throws where nobody says where the edge is, or which keys it has. */
  edge: () => EdgeClient;
}

export interface Command {
  /** One or two words, such as `dead-letters list`. */
  name: string;
  /** Behind the name in help, such as `<id>…`. */
  words?: string;
  summary: string;
  /** More about it, and what its exit codes mean where they say more than the common ones. */
  details: string;
  examples: readonly string[];
  options: Readonly<Record<string, OptionSpec>>;
  /** It asks no edge: what help says of the edge's address and keys is not said of it. */
  asksNoEdge?: true;
  run: (input: CommandInput) => Promise<ExitCode>;
}

/** Options of every command that asks an edge. */
export const EDGE_OPTIONS = {
  url: {
    type: "string",
    value: "<url>",
    help: "where the edge is (else LANGFUSE_EDGE_URL)",
  },
  json: { type: "boolean", help: "print the edge's answer as JSON, for programs" },
} as const satisfies Record<string, OptionSpec>;

/** A text option, if it was given. */
export function textOption(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}
