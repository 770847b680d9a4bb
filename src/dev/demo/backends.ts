// The demo's backends, as the dev command starts them and the Worker reaches them.

export const BACKENDS = [
  {
    id: "node",
    short: "Node",
    title: "Node, official Langfuse SDK",
    joins: "traceparent and baggage",
  },
  {
    id: "python",
    short: "Python",
    title: "Python, standard library only",
    joins: "trace_id in the body",
  },
] as const;

export type BackendId = (typeof BACKENDS)[number]["id"];

/** Where each listens; null where it can't run on this machine. */
export type BackendUrls = Partial<Record<BackendId, string | null>>;

/** The Worker's variable that names the backends' addresses, as JSON. */
export const BACKENDS_VARIABLE = "DEMO_BACKENDS";
/** The price of the simulated model, where the Worker is told no prices. */
export const PRICES_VARIABLE = "MODEL_PRICES";
export const DEMO_PRICES = JSON.stringify({ "demo-*": { input: 2.5, output: 10 } });
/** The Worker's variable that names its own origin: the command alone knows the port. */
export const ORIGIN_VARIABLE = "DEMO_ORIGIN";

/** Nothing where the Worker was started by itself. */
export function readBackendUrls(variable: unknown): BackendUrls {
  return typeof variable === "string" ? (JSON.parse(variable) as BackendUrls) : {};
}
