// A tool that the page runs itself, as part of a turn.
import type { OpenTurn, Turn } from "./open-turn.ts";

export const toolRunner =
  ({ tell }: OpenTurn): Turn["tool"] =>
  async (name, input, run) => {
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
  };
