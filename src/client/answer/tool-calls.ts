// The tools of a turn as observations of type `tool`, under the parent that the answers have.
import type { SpanHandle } from "../trace/proxy.ts";
import type { OpenTurn } from "../turn/open-turn.ts";
import type { SpanFields } from "../types.ts";
import type { ToolCall } from "../stream/answered.ts";

/** The longest that a tool's actions wait for company. */
const HOLD_MS = 1e4;

/** A call of a tool as an observation. */
export interface TurnCall {
  handle: SpanHandle;
  name: string;
  id?: string;
  /** The call as the answer has it. */
  shown?: ToolCall;
  /** It is told that it needs an approval. */
  isAsked?: boolean | undefined;
  /** The page runs it. */
  isRun?: boolean;
  /** Its observation has ended. */
  isOver?: boolean;
  /** The model has its result, or does not wait for one. */
  isAnswered?: boolean;
}

/** `content`: what may be kept of a value. `changed`: is told of each end. */
export function createToolCalls(
  turn: OpenTurn,
  content: <T>(value: T) => T | undefined,
  changed: () => void,
) {
  const calls: TurnCall[] = [];
  /** `startTime`: epoch ms; default now. */
  const beginCall = (
    name: string,
    input: unknown,
    startTime?: number,
    metadata?: Record<string, unknown>,
  ): TurnCall => {
    const fields = { type: "tool", name, input: content(input), startTime, metadata } as const;
    const call: TurnCall = { name, handle: turn.trace.observation(fields, HOLD_MS) };
    calls.push(call);
    return call;
  };
  const endCall = (call: TurnCall, fields: SpanFields, error?: unknown): void => {
    if (call.isOver) return;
    call.isOver = true;
    const { message = String(error), stack } = Object(error) as Partial<Error>;
    void call.handle.end(
      {
        ...fields,
        output: content(fields.output),
        ...(error !== undefined && {
          level: "ERROR" as const,
          statusMessage: content(message),
          metadata: { stack: content(stack) },
        }),
      },
      HOLD_MS,
    );
    changed();
  };
  /** Those that the page runs, by what it tells them apart by. */
  const running = new Map<object, TurnCall>();
  return {
    calls,
    beginCall,
    endCall,
    toolBegins: (key: object, name: string, input: unknown): void => {
      const call =
        calls.find((one) => one.name === name && !one.isOver && !one.isRun) ??
        beginCall(name, input, turn.toldAt);
      call.isRun = true;
      running.set(key, call);
    },
    toolEnds: (key: object, fields: SpanFields, error?: unknown): void => {
      const call = running.get(key);
      running.delete(key);
      if (call) endCall(call, { ...fields, endTime: turn.toldAt }, error);
    },
  };
}
