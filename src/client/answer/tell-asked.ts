// What a request asks becomes part of its turn, and its chat is remembered for an answer that is resumed.
import { type Asked, askedBy, requestInput } from "../reading/request-input.ts";
import type { OpenTurn } from "../turn/open-turn.ts";
import { rememberChat } from "./chats.ts";

/**
 * `body`: a text, which is looked into at once, or a copy of one of another kind, made before it was sent: its promise
 * resolves when it has been, or cannot be.
 */
export function tellAsked(
  turn: OpenTurn,
  body: string | Request | Response | undefined,
): Promise<void> | undefined {
  const told = (asked: Asked): void => {
    turn.tell("asking", asked);
    const { chatId } = { ...asked.metadata };
    if (typeof chatId === "string") rememberChat(turn.options.client, chatId, turn.traceId);
  };
  // It may be of another realm.
  if (typeof body === "object") return requestInput(body).then(told, () => {});
  told(askedBy(body));
  return undefined;
}
