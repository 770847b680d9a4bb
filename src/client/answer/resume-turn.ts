// An answer that is resumed: part of the trace of its question, where this tab knows that.
import type { startTurn } from "../turn/turn.ts";
import type { OpenTurn } from "../turn/open-turn.ts";
import type { TurnOptions } from "../turn/turn-options.ts";
import type { Tell } from "../turn/watch-response.ts";
import { chatTrace } from "./chats.ts";

/** What was told of the answer, epoch ms. */
export type Seen = [told: Parameters<Tell>, at: number];

export interface Resumed {
  options: TurnOptions;
  url: string;
  /** The time of the request. */
  at: number;
  response: Response;
  /** What has come already, the first with the response itself; it is used up. */
  seen: Seen[];
  /** What is to be said of an error that the page gets. */
  fails: (turn: OpenTurn) => (error: unknown) => void;
}

/** Takes what comes from now on. */
export function resumeTurn(
  begin: typeof startTurn,
  { options, url, at, response, seen, fails }: Resumed,
): Tell {
  const traceId = chatTrace(options.client, url);
  const { headers, status } = response;
  const isAnswer = traceId
    ? /event-stream/.test(headers.get("content-type") ?? "")
    : headers.has("x-vercel-ai-ui-message-stream");
  const past = seen.splice(0);
  if (!isAnswer) return () => {};
  const turn = begin({ ...options, ...(traceId && { traceId }) }, at);
  void turn.calling();
  turn.unread = true;
  const answer = { response, requests: turn.requests, fail: fails(turn) };
  const tell: Tell = (...told) => turn.tell("seen", answer, ...told);
  turn.toldAt = past[0]?.[1];
  turn.tell("responding", status);
  for (const [told, toldAt] of past) {
    turn.toldAt = toldAt;
    tell(...told);
  }
  turn.toldAt = undefined;
  return tell;
}
