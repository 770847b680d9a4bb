import { environment } from "../send/page.ts";
import { LangfuseProxy } from "./proxy.ts";
import type { Result } from "../types.ts";

export interface UserInteraction {
  traceId: string;
  sessionId: string;
  userId?: string;
  userEmail?: string;
  assistantId: string;
  /** Names the trace. */
  assistantName: string;
  message: string;
  selectedItemsCount?: number;
}

let shared: LangfuseProxy | undefined;

/** The trace of a user's click on "send", named after the assistant. */
export function createUserInteractionTrace(
  {
    traceId,
    sessionId,
    userId,
    userEmail,
    assistantId,
    assistantName,
    message,
    selectedItemsCount = 0,
  }: UserInteraction,
  proxy: LangfuseProxy = (shared ??= new LangfuseProxy()),
): Promise<Result> {
  return proxy.createTrace({
    traceId,
    name: assistantName,
    sessionId,
    userId: userEmail || userId,
    metadata: {
      assistantId,
      assistantName,
      messageLength: message.length,
      selectedItemsCount,
      source: "frontend-click",
      timestamp: new Date().toISOString(),
      environment: environment(),
    },
    input: { message },
  });
}
