// Settings under which the edge masks, and whom it is to hide.
import { KEYS } from "../edge-under-test.ts";

export const MASKING = {
  ...KEYS,
  MASK: "all",
  MASK_PATTERNS: { employee: String.raw`EMP-\d+` },
  DROP_FIELDS: "metadata.ssn, **.password, userId",
};
export const ADA = "ada@example.com";
