// The sink in place of the network: what a sender would post to Langfuse runs through the sink's own
// routes. It fails as the network fails: an aborted request rejects with the signal's reason.
import { API_PATHS, createSinkRoutes, MOUNT, type SinkDeps } from "./routes.ts";

export function sinkSender(deps: SinkDeps): (request: Request) => Promise<Response> {
  const app = createSinkRoutes(deps);
  return async (request) => {
    const { pathname } = new URL(request.url);
    const path = Object.values(API_PATHS).find((known) => pathname === `${MOUNT}${known}`);
    if (path === undefined)
      return Response.json({ message: "the built-in Langfuse has no such path" }, { status: 404 });
    const inner = new Request(`http://sink${path}`, request);
    return untilAborted(Promise.resolve(app.fetch(inner)), inner.signal);
  };
}

/** The work's outcome, or the abort's reason if that comes first. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
