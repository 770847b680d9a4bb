// Requests that are written by hand, of clients whose languages are not here.
import type { Recorded } from "./client-type.ts";

/** Times that are as they were when it was written: such clients tell of what is over. */
export const MOMENT = Date.parse("2026-11-20T09:30:00Z");
export const at = (ms: number): string => new Date(MOMENT + ms).toISOString();

export const batchOf = (
  userAgent: string,
  batch: unknown,
  headers: Readonly<Record<string, string>> = {},
): Recorded => ({
  method: "POST",
  path: "/api/public/ingestion",
  headers: { "content-type": "application/json", "user-agent": userAgent, ...headers },
  body: JSON.stringify({ batch }),
});
