// What an app tells of a turn that it writes by hand; one of `tracedFetch` needs none of it.
import type { OpenTurn, Turn } from "./open-turn.ts";

const TOLD = ["asking", "responding", "chunk", "end", "stop", "abandon", "fail"] as const;

export type ByHand = Pick<Turn, "tool" | "body" | (typeof TOLD)[number]>;

export function byHand(turn: OpenTurn): ByHand {
  const tell = turn.tell as (...told: unknown[]) => void;
  const told = TOLD.map((name) => [name, (...args: unknown[]) => tell(name, ...args)]);
  return {
    ...(Object.fromEntries(told) as Pick<Turn, (typeof TOLD)[number]>),
    body: (fields) => {
      const joined = turn.joining();
      const { traceId: trace_id, apiId: parent_span_id } = turn;
      return { ...fields, ...(joined && { trace_id, parent_span_id, session_id: joined.session }) };
    },
    tool: async (name, input, run) => {
      const key = {};
      tell("toolBegins", key, name, input);
      try {
        const output = await run(input);
        tell("toolEnds", key, { output });
        return output;
      } catch (error) {
        tell("toolEnds", key, {}, error ?? "failed");
        throw error;
      }
    },
  };
}
