// The deployed edge with the platform's rate limiter stood in for. On Cloudflare a location counts in
// memory beside the Worker; Miniflare's own writes each count to disk, and workerd has none. Here it
// counts in memory and lets everything through.
import type { Env } from "../../../src/bindings.ts";
import production from "../../../src/index.ts";
import { limited } from "./limiters.ts";

export { LiveHub, ProjectHealth, ProjectMetrics, Session } from "../../../src/index.ts";

export default limited<Env>(production);
