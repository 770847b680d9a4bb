// The traces of chats, remembered in this tab: an answer that is resumed (`GET` of the AI SDK's chat, after
// a reload or a lost connection) goes on in the trace of its question.
import type { LangfuseProxy } from "../trace/proxy.ts";
import { page } from "../send/page.ts";

/** In `sessionStorage`; answer/tell-asked.ts writes it. */
const KEY = "langfuse-edge-chats";

export type Chats = [chatId: string, owner: string | undefined, traceId: string][];

/** The trace of the chat whose id is a part of the path. Throws where somebody else wrote there. */
export function chatTrace(client: LangfuseProxy, url: string): string | undefined {
  const parts = decodeURIComponent(url).split(/[/?&=]/);
  const { owner } = client.who();
  const chats = JSON.parse(page.sessionStorage?.getItem(KEY) ?? "[]") as Chats;
  return chats.find(([id, by]) => by === owner && parts.includes(id))?.[2];
}
