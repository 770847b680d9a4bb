// SAMPLING: which traces go to Langfuse. Pure. A mistake in it leaves nothing out: what was not kept can't be called
// back, and what was kept can be deleted.
import { type Sampling, samplingOf, samplingSetting } from "../protocol/sampling/setting.ts";
import { jsonOf, type RawEnv } from "./read.ts";

/** Undefined where everything is kept. */
export function readSampling(env: RawEnv, problems: string[]): Sampling | undefined {
  const given = env["SAMPLING"];
  if (given === undefined || given === "") return undefined;
  const before = problems.length;
  const value = jsonOf(env, "SAMPLING", problems);
  if (problems.length > before) return undefined;
  const parsed = samplingSetting.safeParse(value);
  if (parsed.success) return samplingOf(parsed.data);
  const words = parsed.error.issues.map(({ path, message }) => `${placeOf(path)}${message}`);
  problems.push(`SAMPLING: ${[...new Set(words)].slice(0, 3).join("; ")}; everything is kept`);
  return undefined;
}

/** `rules.2.share `: keys that the schema knows, and numbers; never a key of the operator's. */
function placeOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? "" : `${path.map(String).join(".")} `;
}
