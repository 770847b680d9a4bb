// A finding, and the words of the checks that make one. Pure.
import type { Seen } from "./seen.ts";

export interface Finding {
  check: string;
  /** `unknown`: it could not be looked at, and why. */
  state: "ok" | "warning" | "wrong" | "unknown";
  says: string;
  mend?: string;
}

type Check = (seen: Seen) => Omit<Finding, "check"> | undefined;

/** By the name that the finding has. */
export type Checks = Readonly<Record<string, Check>>;

export const ok = (says: string) => ({ state: "ok" as const, says });
export const wrong = (says: string, mend: string) => ({ state: "wrong" as const, says, mend });
export const warning = (says: string, mend: string) => ({ state: "warning" as const, says, mend });
export const unknown = (says: string, mend: string) => ({ state: "unknown" as const, says, mend });

export const NEEDS_KEYS = "set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY, and ask again";
/** The finding of `keys` says what to do about it. */
export const withoutKeys: Omit<Finding, "check"> = {
  state: "unknown",
  says: "not looked at without keys that the edge knows",
};
