import { missingPackages } from "./browsers.ts";

/** Vitest's global setup: says what to install where something is missing. */
export function setup(): void {
  const missing = missingPackages();
  if (missing.length === 0) return;
  throw new Error(
    `this machine lacks ${missing.join(", ")}. On Debian: apt-get install ${missing.join(" ")}`,
  );
}
