// The traces of chats, remembered in this tab: an answer that is resumed (`GET` of the AI SDK's chat, after
// a reload or a lost connection) goes on in the trace of its question.
import type { LangfuseProxy } from "../trace/proxy.ts";
import { page } from "../send/page.ts";

const KEY = "langfuse-edge-chats";
/** The oldest chats are forgotten. */
const MAX_CHATS = 20;

type Chats = [chatId: string, owner: string | undefined, traceId: string][];

/** Throws where the page has no storage, or somebody else wrote there. */
const chats = (): Chats => JSON.parse(page.sessionStorage?.getItem(KEY) ?? "[]") as Chats;

export function rememberChat(client: LangfuseProxy, chatId: string, traceId: string): void {
  const others = chats().filter(([id]) => id !== chatId);
  const all = [...others, [chatId, client.who().owner, traceId]].slice(-MAX_CHATS);
  page.sessionStorage?.setItem(KEY, JSON.stringify(all));
}

/** The trace of the chat whose id is a part of the path. */
export function chatTrace(client: LangfuseProxy, url: string): string | undefined {
  const parts = decodeURIComponent(url).split(/[/?&=]/);
  const { owner } = client.who();
  return chats().find(([id, by]) => by === owner && parts.includes(id))?.[2];
}
