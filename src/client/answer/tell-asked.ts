// What a request asks becomes part of its turn, and its chat is remembered for an answer that is resumed.
import { requestInput } from "../reading/request-input.ts";
import type { Chats } from "../turn/resumed.ts";
import type { OpenTurn } from "../turn/open-turn.ts";

const KEY = "langfuse-edge-chats";
/** The oldest chats are forgotten. */
const MAX_CHATS = 20;

/** `body`: a text, or a copy of one of another kind, made before it was sent. Rejects where it cannot be read. */
export async function tellAsked(
  turn: OpenTurn,
  body: string | Request | Response | undefined,
): Promise<void> {
  const asked = await requestInput(body);
  turn.asking(asked);
  const { chatId } = { ...asked.metadata };
  if (typeof chatId !== "string") return;
  const { client } = turn.options;
  const chats = JSON.parse(globalThis.sessionStorage?.getItem(KEY) ?? "[]") as Chats;
  const others = chats.filter(([id]) => id !== chatId);
  const all = [...others, [chatId, client.who().owner, turn.traceId]].slice(-MAX_CHATS);
  globalThis.sessionStorage?.setItem(KEY, JSON.stringify(all));
}
