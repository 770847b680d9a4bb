// The production entry: what `wrangler deploy` puts on Cloudflare. No sink, no demo, no page.
import type { Env } from "./bindings.ts";
import { platform, workerOf } from "./compose.ts";
import { accessControl } from "./edge/access/policy.ts";
import { settingsOf } from "./settings/index.ts";

export { ProjectHealth } from "./outcomes/health.ts";
export { Session } from "./session/session.ts";

export default workerOf<Env>((env) => {
  const settings = settingsOf(env);
  const door = accessControl(settings, platform);
  return { settings, access: door, send: (request) => fetch(request) };
});
