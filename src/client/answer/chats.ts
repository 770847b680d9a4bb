// The traces of chats, remembered in this tab: an answer that is resumed (`GET` of the AI SDK's chat, after
// a reload or a lost connection) goes on in the trace of its question.
import type { LangfuseProxy } from "../trace/proxy.ts";
import type { Page } from "../send/page.ts";

const page: Page = globalThis;
/** In `sessionStorage`. */
const KEY = "langfuse-edge-chats";
/** The oldest chats are forgotten. */
const MAX_CHATS = 20;

type Chat = [chatId: string, owner: string | undefined, traceId: string];

/** Throws where the page has no storage, or somebody else wrote there. */
const rememberedChats = (): Chat[] =>
  JSON.parse(page.sessionStorage?.getItem(KEY) ?? "[]") as Chat[];

export function rememberChat(client: LangfuseProxy, chatId: string, traceId: string): void {
  try {
    const others = rememberedChats().filter(([id]) => id !== chatId);
    const all = [...others, [chatId, client.who().owner, traceId]].slice(-MAX_CHATS);
    page.sessionStorage?.setItem(KEY, JSON.stringify(all));
  } catch {
    // Its answer will be a trace of its own.
  }
}

/** The trace of the chat whose id is a part of the path. */
export function chatTrace(client: LangfuseProxy, url: string): string | undefined {
  try {
    const parts = decodeURIComponent(url).split(/[/?&=]/);
    const { owner } = client.who();
    return rememberedChats().find(([id, by]) => by === owner && parts.includes(id))?.[2];
  } catch {
    return undefined;
  }
}
