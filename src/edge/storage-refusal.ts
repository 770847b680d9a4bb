import type { RequestRefusal } from "./request-refusal.ts";

/** It may only be stored within borders that are not known: better it is nowhere. */
export const STORAGE_NOT_CONFIGURED: RequestRefusal = {
  code: "storage_not_configured",
  message:
    "DO_JURISDICTION can't be used as it is set, or is misspelt; nothing is taken until it is right",
  headers: { "retry-after": "60" },
};
