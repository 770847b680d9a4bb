// DO_JURISDICTION: within which borders sessions are stored. Closed by default: what is set and not
// understood means nowhere, since a payload that was stored elsewhere can't be called back.
import type { RawEnv } from "./read.ts";

export const JURISDICTIONS = ["eu", "fedramp"] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];

export type StorageSetting =
  | { kind: "anywhere" }
  | { kind: "within"; jurisdiction: Jurisdiction }
  /** Something is set that can't be used: nothing may be stored. */
  | { kind: "unusable" };

export function readStorage(env: RawEnv, problems: string[]): StorageSetting {
  const given = env["DO_JURISDICTION"];
  if (given === undefined || given === "") return { kind: "anywhere" };
  const jurisdiction = JURISDICTIONS.find((known) => known === given);
  if (jurisdiction !== undefined) return { kind: "within", jurisdiction };
  problems.push(
    `DO_JURISDICTION: must be ${JURISDICTIONS.join(" or ")}; nothing is stored until it is right`,
  );
  return { kind: "unusable" };
}
