// Where the backends write: the Langfuse of the edge beside them, in the names that Langfuse's SDKs read
// from the environment. Pure.
import { parseEnv } from "node:util";
import { readSettings } from "../../settings/index.ts";
import { SINK_KEYS } from "../sink/access.ts";
import { askedVars } from "./arguments.ts";

/** `devVars`: the text of `.dev.vars`. `edge`: the Worker's own origin. */
export function langfuseOf(
  devVars: string,
  args: readonly string[],
  edge: string,
): Record<string, string> {
  const { defaultProject, assembly } = readSettings({ ...parseEnv(devVars), ...askedVars(args) });
  const project = defaultProject ?? { ...SINK_KEYS, baseUrl: `${edge}/sink` };
  const { environment, release } = assembly;
  return {
    LANGFUSE_PUBLIC_KEY: project.publicKey,
    LANGFUSE_SECRET_KEY: project.secretKey,
    LANGFUSE_BASE_URL: project.baseUrl,
    ...(environment !== undefined && { LANGFUSE_TRACING_ENVIRONMENT: environment }),
    ...(release !== undefined && { LANGFUSE_RELEASE: release }),
  };
}
