// Feedback on one message, for components of the app's own. What is remembered is read after rendering: a server knows
// nothing of it, and its page must be the same.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { isRefused, type MessageRef, rememberMessages } from "../feedback/message-memory.ts";
import { feedbackName, type FeedbackFields, type FeedbackValue } from "../feedback/score.ts";
import type { UserAction } from "../turn/after-turn.ts";
import type { Result, SpanFields } from "../types.ts";
import { tracing } from "./tracing.ts";

export interface MessageFeedback {
  /** Missing while it is not known: then feedback leads nowhere. */
  traceId: string | undefined;
  /** The user's last word by the score's name, also of before a reload. */
  given: Record<string, FeedbackValue>;
  /** Never rejects. What is given shows at once, and not any more where it was refused. */
  feedback: (value: FeedbackValue, fields?: FeedbackFields) => Promise<Result>;
  /** An event of the message's trace. */
  did: (action: UserAction, fields?: Omit<SpanFields, "name">) => void;
}

interface Known {
  traceId: string | undefined;
  given: Record<string, FeedbackValue>;
}

const same = (a: Known, b: Known): boolean => JSON.stringify(a) === JSON.stringify(b);

/** `message`: its id; or what tells its trace. */
export function useFeedback(message: MessageRef | string): MessageFeedback {
  const getClient = tracing.useTracing();
  const latest = useRef(message);
  latest.current = message;
  const [known, setKnown] = useState<Known>({ traceId: undefined, given: {} });
  const look = useCallback(() => {
    const memory = rememberMessages(getClient());
    const next = {
      traceId: memory.traceOf(latest.current),
      given: memory.givenTo(latest.current),
    };
    setKnown((before) => (same(before, next) ? before : next));
  }, [getClient]);
  const id = typeof message === "string" ? message : (message.messageId ?? message.traceId);
  const looked = useRef<string | undefined>(undefined);
  useEffect(() => {
    // A trace may become known while the answer comes, at any rendering.
    if (known.traceId && looked.current === id) return;
    looked.current = id;
    look();
  });

  const feedback = useCallback<MessageFeedback["feedback"]>(
    async (value, fields = {}) => {
      const name = feedbackName(value, fields);
      const memory = rememberMessages(getClient());
      const before = memory.givenTo(latest.current)[name];
      const show = (shown: FeedbackValue | undefined): void =>
        setKnown(({ traceId, given }) => {
          const { [name]: _before, ...others } = given;
          return { traceId, given: shown === undefined ? others : { ...others, [name]: shown } };
        });
      show(value);
      const result = await memory.feedback(latest.current, value, fields);
      if (isRefused(result)) show(before);
      return result;
    },
    [getClient],
  );
  const did = useCallback<MessageFeedback["did"]>(
    (action, fields) => void rememberMessages(getClient()).did(latest.current, action, fields),
    [getClient],
  );
  return useMemo(() => ({ ...known, feedback, did }), [known, feedback, did]);
}
