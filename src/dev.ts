// The development entry, what `npm run dev` runs: the same edge, open to everybody on this machine,
// with the embedded sink as its Langfuse until keys are given, and pages to look at.
import { Hono } from "hono";
import type { Env, ObjectsOf } from "./bindings.ts";
import { platform, workerOf } from "./compose.ts";
import { createDeliveryRoutes } from "./dev/pages/delivery-routes.ts";
import { createDashboardRoutes } from "./dev/pages/routes.ts";
import {
  BACKENDS_VARIABLE,
  type BackendUrls,
  DEMO_PRICES,
  ORIGIN_VARIABLE,
  PRICES_VARIABLE,
  readBackendUrls,
} from "./dev/demo/backends.ts";
import { createDemoRoutes } from "./dev/demo/routes.ts";
import { accessControl, openAccess } from "./edge/access/policy.ts";
import { logFrom } from "./log.ts";
import { EDGE_VERSION } from "./protocol/version.ts";
import { type Project, readSettings, type Settings } from "./settings/index.ts";
import { SINK_KEYS } from "./dev/sink/access.ts";
import { createSinkRoutes, type SinkDeps } from "./dev/sink/routes.ts";
import { sinkSender } from "./dev/sink/sender.ts";
import type { SinkCalls } from "./dev/sink/calls.ts";

export { ProjectMetrics } from "./metrics/project-metrics.ts";
export { LiveHub } from "./live/hub.ts";
export { ProjectHealth } from "./outcomes/health.ts";
export { Session } from "./session/session.ts";
export { Sink } from "./dev/sink/sink.ts";

interface DevEnv extends Env {
  SINK: ObjectsOf<SinkCalls>;
  [BACKENDS_VARIABLE]?: string;
  /** The Worker's own origin, which the command knows: it chose the port. */
  [ORIGIN_VARIABLE]?: string;
}

/** Where the Worker is, when nobody says. */
const USUAL_ORIGIN = "http://127.0.0.1:8787";

export default workerOf<DevEnv>((env) => {
  const given = readSettings({ ...env });
  const usingSink = given.projects.size === 0;
  const origin = env[ORIGIN_VARIABLE] ?? USUAL_ORIGIN;
  const sinkProject: Project = { ...SINK_KEYS, baseUrl: `${origin}/sink` };
  const sinkSettings = {
    LANGFUSE_PUBLIC_KEY: sinkProject.publicKey,
    LANGFUSE_SECRET_KEY: sinkProject.secretKey,
    LANGFUSE_BASE_URL: sinkProject.baseUrl,
  };
  const settings = usingSink
    ? readSettings({ [PRICES_VARIABLE]: DEMO_PRICES, ...env, ...sinkSettings })
    : given;
  logFrom(settings.logLevel);
  const sinkDeps = {
    sink: () => env.SINK.get(env.SINK.idFromName("sink")),
    keys: SINK_KEYS,
  };
  const backends = readBackendUrls(env[BACKENDS_VARIABLE]);
  return {
    settings,
    // A developer who sets AUTH wants to see what it does.
    access: settings.access.asked
      ? accessControl(settings, platform)
      : openAccess(settings, settings.defaultProject ?? sinkProject, platform),
    // A developer who tries it wants to see at once what it counts.
    tellFiguresEveryMs: 0,
    send: usingSink ? sinkSender(sinkDeps) : (request) => fetch(request),
    inFront: pages(settings, usingSink, sinkDeps, backends),
  };
});

/** Pages for people; the edge itself stays as it is deployed. */
function pages(
  settings: Settings,
  usingSink: boolean,
  sinkDeps: SinkDeps,
  backends: BackendUrls,
): Hono {
  const about = {
    version: EDGE_VERSION,
    baseUrl: settings.defaultProject?.baseUrl ?? "",
    usingSink,
  };
  const front = new Hono();
  const keys = settings.defaultProject ?? SINK_KEYS;
  return front
    .route("/sink", createSinkRoutes(sinkDeps))
    .route("/", createDashboardRoutes(about))
    .route("/", createDeliveryRoutes({ ask: (request) => front.fetch(request), keys }))
    .route("/", createDemoRoutes(about, backends));
}
