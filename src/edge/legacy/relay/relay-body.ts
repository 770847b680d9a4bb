// The body of a request that goes on to Langfuse: as a stream, or read where ids in it are translated. Either way
// it counts in the budget of all bodies until Langfuse has answered.
import { MAX_LEGACY_BODY_BYTES } from "../../../protocol/limits.ts";
import type { EdgeDeps } from "../../edge-deps.ts";
import { unreadRefusal } from "../../read-body.ts";
import { requestBody } from "../../request-body.ts";
import type { RequestRefusal } from "../../request-refusal.ts";
import { translateBody } from "./translate-ids.ts";

/** Most of a body in which ids are translated: they hold ids and a few words. */
export const MAX_TRANSLATED_BYTES = 1024 * 1024;
/** A body whose sender does not say how long it is counts as one of this length. */
const UNTOLD_BYTES = 1024 * 1024;
const BROKEN_OFF: RequestRefusal = { code: "invalid_json", message: "the body broke off" };

export interface RelayedBody {
  body: BodyInit | null;
  /** Langfuse has answered, or never will: gives back what was counted. */
  end: () => void;
}

/** @param isRead ids in it are to be translated */
export async function bodyOf(
  request: Request,
  isRead: boolean,
  { bodies, settings }: Pick<EdgeDeps, "bodies" | "settings">,
): Promise<RelayedBody | { refusal: RequestRefusal }> {
  const { body, method, headers } = request;
  if (body === null || method === "GET" || method === "HEAD") return { body: null, end: () => {} };
  if (isRead) {
    const read = requestBody(request, bodies);
    const bytes = await read.rest(MAX_TRANSLATED_BYTES).catch(() => undefined);
    if (bytes instanceof Uint8Array) {
      const end = (): void => void read.end();
      return { body: translated(bytes, settings.traceIdFormat), end };
    }
    await read.end();
    const refusal = bytes === undefined ? BROKEN_OFF : unreadRefusal(bytes, MAX_TRANSLATED_BYTES);
    return { refusal };
  }
  const { budget, now } = bodies;
  const share = budget.share();
  // What the runtime holds of a stream is not seen from here: all of it is counted, up to what Langfuse takes.
  const bytes = Number(headers.get("content-length")) || UNTOLD_BYTES;
  if (budget.take(share, Math.min(bytes, MAX_LEGACY_BODY_BYTES), now())) {
    return { body, end: () => budget.release(share) };
  }
  await requestBody(request, bodies).end();
  return { refusal: unreadRefusal("no_room", MAX_LEGACY_BODY_BYTES) };
}

/** What is no JSON is Langfuse's to refuse, byte by byte as it came. */
function translated(bytes: Uint8Array, format: Parameters<typeof translateBody>[1]): BodyInit {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return translateBody(text, format);
  } catch {
    return bytes as Uint8Array<ArrayBuffer>;
  }
}
