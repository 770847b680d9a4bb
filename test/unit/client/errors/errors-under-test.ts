import { traceChat, type ChatTurn } from "../../../../src/client/chat.ts";
import { LangfuseProxy } from "../../../../src/client/index.ts";
import type { ClientOptions } from "../../../../src/client/index.ts";
import { fakeEdge, kept, type SentAction } from "../fake-edge.ts";

export function aPage(options: ClientOptions = {}) {
  const edge = fakeEdge(kept);
  const client = new LangfuseProxy({ fetch: edge.fetch, sessionId: "s1", ...options });
  const begin = (): ChatTurn => traceChat({ client, assistantName: "Bot", message: "Why?" });
  return { edge, client, begin };
}

type Data = Record<string, unknown> & { metadata: Record<string, unknown> };

/** What the edge was told of errors: each observation as it is in the end. */
export function errorsTold(actions: SentAction[]): Data[] {
  const merged = new Map<unknown, Data>();
  for (const { action, data } of actions) {
    const id = data["spanId"] ?? data["eventId"] ?? data["observationId"];
    const before = merged.get(id);
    const isError = /^create_(span|event)$/.test(action) && data["name"] === "frontend-error";
    if (!isError && !before) continue;
    const metadata = { ...before?.metadata, ...(data["metadata"] as object) };
    merged.set(id, { ...before, ...data, ended: action.startsWith("end"), metadata });
  }
  return [...merged.values()];
}

export const traceOf = (actions: SentAction[], verb: string): Data[] =>
  actions.filter(({ action }) => action === `${verb}_trace`).map(({ data }) => data as Data);

/** An event as a browser tells an error. */
export function errorEvent(type: string, fields: object): Event {
  return Object.assign(new Event(type, { cancelable: true }), fields);
}
