// Requests of the edge's own: with a LANGFUSE_BASE_URL that leads back to it, what it delivers would come in as
// something new, without end. Answered as a wrong address, it is kept, and health says why. Pure.
import { EDGE_NAME } from "../../protocol/version.ts";
import type { RequestRefusal } from "../request-refusal.ts";

const LEADS_BACK: RequestRefusal = {
  code: "not_found",
  message: "this is the edge itself: LANGFUSE_BASE_URL must be Langfuse's",
};

/** Of a proxy, as RFC 9110 has it (7.6.3). */
export const VIA = `1.1 ${EDGE_NAME}`;

export function refuseOwn(headers: Headers): RequestRefusal | undefined {
  const isOwn =
    headers.get("x-langfuse-sdk-name") === EDGE_NAME ||
    headers.get("via")?.includes(EDGE_NAME) === true;
  return isOwn ? LEADS_BACK : undefined;
}
