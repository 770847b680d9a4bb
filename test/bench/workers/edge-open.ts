// The deployed edge, but open to everybody as on a development machine: what verified tokens are
// measured against.
import type { Env } from "../../../src/bindings.ts";
import { platform, workerOf } from "../../../src/compose.ts";
import { openAccess } from "../../../src/edge/access/policy.ts";
import { readSettings } from "../../../src/settings/index.ts";
import { limited } from "./limiters.ts";

export { ProjectMetrics } from "../../../src/metrics/project-metrics.ts";
export { LiveHub } from "../../../src/live/hub.ts";
export { ProjectHealth } from "../../../src/outcomes/health.ts";
export { Session } from "../../../src/session/session.ts";

const open = workerOf<Env>((env) => {
  const settings = readSettings({ ...env });
  const project = settings.defaultProject;
  if (project === undefined) throw new Error("no project");
  const door = openAccess(settings, project, platform);
  return { settings, access: door, send: (request) => fetch(request) };
});

export default limited<Env>(open);
