// The door of what only a project's own servers may see and do: Basic authorization with the project's keys.
import type { Project } from "../../settings/index.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import type { RequestLog } from "../request-log.ts";

const SERVERS_ONLY: RequestRefusal = {
  code: "forbidden",
  message: "only servers may, by Basic authorization with the project's keys",
};

export const UNAVAILABLE: RequestRefusal = {
  code: "unavailable",
  message: "the project's books could not be reached just now; ask again",
  headers: { "retry-after": "1" },
};

/** The project of the keys that were sent. */
export async function serversProject(
  request: Request,
  deps: Pick<EdgeDeps, "access">,
  log: RequestLog,
): Promise<Project | { refusal: RequestRefusal }> {
  const caller = await deps.access(request);
  if ("refusal" in caller) {
    if (caller.reason !== undefined) log.auth = caller.reason;
    return { refusal: caller.refusal };
  }
  return caller.writer === "server" ? caller.project : { refusal: SERVERS_ONLY };
}
