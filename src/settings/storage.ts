// DO_JURISDICTION: within which borders sessions are stored. Fails closed: a value that is not
// understood means nowhere, since a payload that was stored elsewhere can't be called back.
import type { RawEnv } from "./read.ts";

export const JURISDICTIONS = ["eu", "fedramp"] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];

export type StorageSetting =
  | { kind: "anywhere" }
  | { kind: "within"; jurisdiction: Jurisdiction }
  /** The value can't be used: nothing may be stored. */
  | { kind: "unusable" };

export function readStorage(env: RawEnv, problems: string[]): StorageSetting {
  const given = env["DO_JURISDICTION"];
  if (given === undefined || given === "") return { kind: "anywhere" };
  const jurisdiction = JURISDICTIONS.find((one) => one === given);
  if (jurisdiction !== undefined) return { kind: "within", jurisdiction };
  problems.push(
    `DO_JURISDICTION: must be ${JURISDICTIONS.join(" or ")}; nothing is stored until it is right`,
  );
  return { kind: "unusable" };
}
