// A scenario: kinds of trouble that belong together, each variant a run of its own.
import type { Result } from "./result.ts";

export interface Variant {
  name: string;
  /** Part of the short form, or of the long one only. */
  short: boolean;
  run: (seed: number) => Promise<Result>;
}

export interface Scenario {
  name: string;
  variants: Variant[];
}
