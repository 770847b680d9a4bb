// LEGACY: what is done with requests to Langfuse's own paths, as its SDKs of before v4 make them. A value that is
// not understood turns them off: nobody is answered by rules that nobody chose.
import { type RawEnv, textOf } from "./read.ts";

export const LEGACY_MODES = ["off", "report", "on"] as const;
/** `report`: all goes to Langfuse as it is, and who posts is counted. `on`: events are taken and assembled here. */
export type LegacySetting = (typeof LEGACY_MODES)[number];

export function readLegacy(env: RawEnv, problems: string[]): LegacySetting {
  const given = textOf(env, "LEGACY")?.toLowerCase() ?? "on";
  const mode = LEGACY_MODES.find((one) => one === given);
  if (mode === undefined)
    problems.push(`LEGACY: must be one of ${LEGACY_MODES.join(", ")}; using off`);
  return mode ?? "off";
}
