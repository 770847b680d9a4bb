// POST /api/public/ingestion where events are only counted (LEGACY=report): Langfuse gets and answers them as they
// are, and the operator sees who still posts them.
import type { EdgeDeps } from "../../edge-deps.ts";
import { credentialsOf } from "../../access/credentials.ts";
import { relay } from "./relay.ts";
import { senderOf } from "../sender.ts";

export async function reportIngestion(request: Request, deps: EdgeDeps): Promise<Response> {
  const { headers } = request;
  const caller = credentialsOf(headers).kind === "basic" ? await deps.access(request) : undefined;
  // How many events there are stands in the body, which is passed on unread.
  if (caller !== undefined && !("refusal" in caller)) {
    deps.census.count(caller.project.publicKey, senderOf(headers, undefined), 0);
  }
  return relay(request, deps);
}
