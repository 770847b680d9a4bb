// Settings that forbid every write, since they can't be used as they are: a payload that was stored
// unmasked, or outside its borders, can't be called back. Pure.
import type { Settings } from "../settings/index.ts";
import type { RequestRefusal } from "./request-refusal.ts";

const headers = { "retry-after": "60" };

const STORAGE_NOT_CONFIGURED: RequestRefusal = {
  code: "storage_not_configured",
  message:
    "DO_JURISDICTION can't be used as it is set, or is misspelt; nothing is taken until it is right",
  headers,
};

const MASKING_NOT_CONFIGURED: RequestRefusal = {
  code: "masking_not_configured",
  message:
    "MASK, MASK_PATTERNS or DROP_FIELDS can't be used as it is set, or is misspelt; " +
    "nothing is taken until it is right",
  headers,
};

/** The refusal of every call of a session object: within which borders it is to be is not known. */
export function refuseStorage({ storage }: Pick<Settings, "storage">): RequestRefusal | undefined {
  return storage.kind === "unusable" ? STORAGE_NOT_CONFIGURED : undefined;
}

/** The refusal of every payload. */
export function refuseWrites(
  settings: Pick<Settings, "storage" | "privacy">,
): RequestRefusal | undefined {
  const refusal = refuseStorage(settings);
  return refusal ?? (settings.privacy.kind === "unusable" ? MASKING_NOT_CONFIGURED : undefined);
}
