// The production entry, deployed by `wrangler deploy`: no sink, no demo, no page.
import type { Env } from "./bindings.ts";
import { platform, workerOf } from "./compose.ts";
import { accessControl } from "./edge/access/policy.ts";
import { settingsOf } from "./settings/index.ts";

export { ProjectMetrics } from "./metrics/project-metrics.ts";
export { LiveHub } from "./live/hub.ts";
export { ProjectHealth } from "./outcomes/health.ts";
export { Session } from "./session/session.ts";

export default workerOf<Env>((env) => {
  const settings = settingsOf(env);
  const access = accessControl(settings, platform);
  return { settings, access, send: (request) => fetch(request) };
});
