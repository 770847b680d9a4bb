// The trace of a turn, as it is known at the click.
import { environment } from "../send/page.ts";
import type { experimentLabels } from "../experiments/labels.ts";
import type { TraceHandle } from "../trace/proxy.ts";
import type { TurnOptions } from "./turn-options.ts";

/** The longest that actions before the request wait for company: for its flush. */
export const FLUSH_HOLD_MS = 2e3;

/** The longest message that is sent twice, in UTF-16 units. */
const MAX_REPEATED_LENGTH = 1e5;

export function beginTrace(
  options: TurnOptions,
  clickedAt: number,
  { tags, metadata }: ReturnType<typeof experimentLabels>,
): TraceHandle {
  const { client, assistantName = "Assistant", assistantId, message } = options;
  // A long one is sent with the generation: the other half of the turn tells its beginning.
  const input =
    options.input ?? (message && message.length <= MAX_REPEATED_LENGTH ? { message } : undefined);
  return client.trace(
    {
      name: assistantName,
      sessionId: options.sessionId ?? client.who().sessionId,
      userId: options.userId,
      tags: tags[0] ? [...(options.tags ?? []), ...tags] : options.tags,
      timestamp: clickedAt,
      input: options.captureContent === false ? undefined : input,
      metadata: {
        assistantId,
        assistantName,
        messageLength: message?.length,
        source: "frontend-click",
        environment: environment(),
        ...metadata,
        ...options.metadata,
      },
    },
    FLUSH_HOLD_MS,
  );
}
