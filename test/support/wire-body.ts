// The body of a request to Langfuse as the real one reads it: it inflates gzip on the OTLP path only.
import { gunzipSync } from "node:zlib";

const OTLP_PATH = "/api/public/otel/v1/traces";

/** What Langfuse answers to a body that it can't read, as text with status 400. */
export const INVALID_JSON = "Invalid JSON";

/** The JSON text; undefined where the real one answers `Invalid JSON`. */
export function wireBody(
  path: string,
  encoding: string | null | undefined,
  raw: Uint8Array,
): string | undefined {
  const zipped = encoding === "gzip";
  if (zipped && !path.endsWith(OTLP_PATH)) return undefined;
  return new TextDecoder().decode(zipped ? gunzipSync(raw) : raw);
}
