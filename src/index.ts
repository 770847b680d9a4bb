// The production entry: what `wrangler deploy` puts on Cloudflare. No sink, no demo, no page.
import type { Env } from "./bindings.ts";
import { platform, workerOf } from "./compose.ts";
import { guarded } from "./edge/access/policy.ts";
import { settingsOf } from "./settings.ts";

export { ProjectHealth } from "./outcomes/health.ts";
export { Session } from "./session/session.ts";

export default workerOf<Env>((env) => {
  const settings = settingsOf(env);
  const door = guarded(settings, platform);
  return { settings, door, send: (request) => fetch(request) };
});
