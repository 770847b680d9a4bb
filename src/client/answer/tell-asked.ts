// What a request asks becomes part of its turn, and its chat is remembered for an answer that is resumed.
import { type Asked, askedBy, requestInput } from "../reading/request-input.ts";
import type { Chats } from "../turn/resumed.ts";
import type { OpenTurn } from "../turn/open-turn.ts";

const KEY = "langfuse-edge-chats";
/** The oldest chats are forgotten. */
const MAX_CHATS = 20;

function remember(turn: OpenTurn, chatId: unknown): void {
  if (typeof chatId !== "string") return;
  const { client } = turn.options;
  const chats = JSON.parse(globalThis.sessionStorage?.getItem(KEY) ?? "[]") as Chats;
  const others = chats.filter(([id]) => id !== chatId);
  const all = [...others, [chatId, client.who().owner, turn.traceId]].slice(-MAX_CHATS);
  globalThis.sessionStorage?.setItem(KEY, JSON.stringify(all));
}

/**
 * `body`: a text, which is looked into at once, or a copy of one of another kind, made before it was sent: its promise
 * resolves when it has been, or cannot be.
 */
export function tellAsked(
  turn: OpenTurn,
  body: string | Request | Response | undefined,
): Promise<void> | undefined {
  const told = (asked: Asked): void => {
    turn.asking(asked);
    try {
      remember(turn, asked.metadata?.["chatId"]);
    } catch {
      // A page may have no storage, or somebody else's words in it.
    }
  };
  if (body instanceof Object) return requestInput(body).then(told, () => {});
  told(askedBy(body));
  return undefined;
}
