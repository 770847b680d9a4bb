// The calls of tools that an answer shows become observations of its turn, and a request that brings their
// results back goes on with that turn: chat libraries post again by themselves.
import type { ToolCall } from "../stream/answered.ts";
import type { LangfuseProxy } from "../trace/proxy.ts";
import { type ToolResult, toolResults } from "../reading/tool-results.ts";
import type { OpenTurn } from "../turn/open-turn.ts";
import type { Answering } from "./answering-interface.ts";
import type { TurnCall } from "./tool-calls.ts";

/** The turns whose tools may still be answered; the oldest are forgotten. */
const MAX_TURNS = 20;
const DENIED = { level: "WARNING", statusMessage: "denied by the user" } as const;

const turns = new Set<Answering>();

/** Tells of the calls that are complete, and of the results that have come. */
export function showCalls(turn: Answering, shown: ToolCall[] = []): void {
  for (const one of shown) {
    const { id, name, input, startedAt, endedAt, output, error, denied, needsApproval } = one;
    if (!one.ready) continue;
    const call =
      turn.calls.find((known) => known.shown === one) ??
      // One of an earlier answer, or one that the page already runs.
      turn.calls.find((known) => known.id === id && !(known.isOver && name)) ??
      turn.calls.find((known) => !known.shown && !known.id && known.name === name) ??
      turn.beginCall(name || "tool", input, startedAt, { toolCallId: id });
    if (needsApproval && !call.isAsked) void call.handle.update({ metadata: { needsApproval } });
    call.isAsked = needsApproval;
    call.shown = one;
    call.id ??= id;
    if (!endedAt) turns.add(turn);
    else {
      call.isAnswered = true;
      turn.endCall(call, { output, endTime: endedAt, ...(denied && DENIED) }, error);
    }
  }
  for (const old of [...turns].slice(0, -MAX_TURNS)) turns.delete(old);
}

/** The calls that the body may answer; most bodies are not looked into. */
const asked = (turn: Answering, body: string): TurnCall[] =>
  turn.calls.filter(({ id, isAnswered }) => !isAnswered && id && body.includes(id));

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

/** Ends the turn's tools whose results the body brings. True: there are some. */
export function answerCalls(turn: Answering, body: unknown): boolean {
  const open = typeof body === "string" ? asked(turn, body) : [];
  const results = open[0] ? toolResults(parsed(body as string)) : [];
  const answered = open.flatMap((call) => {
    const found = results.findIndex(({ id }) => id === call.id);
    return found < 0 ? [] : [[call, results.splice(found, 1)[0] as ToolResult] as const];
  });
  if (!answered[0]) return false;
  // Whoever has its calls has its answer.
  turn.told.end();
  for (const [call, { output, error, approved }] of answered) {
    call.isAnswered = true;
    if (!approved) turn.endCall(call, { output, ...(approved === false && DENIED) }, error);
  }
  return true;
}

/**
 * The turn of the client's that a request goes on with: its last messages are results of that turn's calls. A request of
 * the same chat that has none is a new question: nobody answers those calls any more.
 */
export function continuedTurn(
  open: OpenTurn[],
  client: LangfuseProxy,
  body: unknown,
): OpenTurn | undefined {
  // What their answers have called has to be known.
  for (const turn of open) if (turn.unread) turn.catchUp?.();
  if (typeof body !== "string") return undefined;
  for (const turn of [...turns].toReversed()) {
    if (turn.turn.options.client !== client || !asked(turn, body)[0]) continue;
    if (answerCalls(turn, body)) return turn.turn;
    turns.delete(turn);
    turn.giveUp();
  }
  return undefined;
}
