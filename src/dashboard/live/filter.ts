// Which turns are shown, and in which order. Pure.
import type { LiveTurn } from "../../protocol/live.ts";
import type { Choices } from "../shell/route.ts";

/** The most turns that a list shows: more nobody reads. */
export const MAX_SHOWN = 100;

export const NO_NAME = "(no name)";

/** Newest first. Names are compared whole; a session or a user is found by any part of it. */
export function shownTurns(turns: Iterable<LiveTurn>, choices: Choices): LiveTurn[] {
  const { assistant, outcome, errors } = choices;
  const session = choices["session"]?.toLowerCase();
  const user = choices["user"]?.toLowerCase();
  const contains = (text: string | undefined, part: string | undefined): boolean =>
    part === undefined || (text ?? "").toLowerCase().includes(part);
  return [...turns]
    .filter(
      (turn) =>
        (assistant === undefined || assistantOf(turn) === assistant) &&
        contains(turn.sessionId, session) &&
        contains(turn.userId, user) &&
        (outcome === undefined || outcomeOf(turn) === outcome) &&
        (errors === undefined || turn.failed === true),
    )
    .sort((a, b) => b.startTime - a.startTime || (a.traceId < b.traceId ? -1 : 1));
}

export const assistantOf = ({ name }: LiveTurn): string =>
  name === undefined || name === "" ? NO_NAME : name;

/** The word for how a turn stands: `under way`, the outcome that it was told, or how it ended otherwise. */
export function outcomeOf(turn: LiveTurn): string {
  const { state, outcome, idle } = turn;
  if (state === "open") return "under way";
  if (outcome !== undefined) return outcome;
  if (hasFailed(turn)) return "failed";
  return idle === true ? "not ended" : "completed";
}

/** The same with what went wrong on the way: a tool may fail, and the answer come all the same. */
export function outcomeWords(turn: LiveTurn): string {
  const word = outcomeOf(turn);
  return turn.failed === true && word !== "failed" ? `${word}, with errors` : word;
}

/** As figures have it: its root or its last generation failed; where neither is known, anything. */
function hasFailed({ failed, observations }: LiveTurn): boolean {
  if (failed !== true) return false;
  const generations = observations
    .filter(({ type }) => type === "generation")
    .sort((a, b) => a.startTime - b.startTime);
  const deciding = [observations.find(({ root }) => root === true), generations.at(-1)];
  const known = deciding.filter((one) => one !== undefined);
  return known.length === 0 || known.some(({ level }) => level === "ERROR");
}

/** The colour of those words: red is for what failed alone, as the words say; what goes on is not over yet. */
export function toneOf(turn: LiveTurn): "under-way" | "good" | "warn" | "bad" {
  const word = outcomeOf(turn);
  if (word === "failed") return "bad";
  if (word === "under way") return "under-way";
  return word === "completed" && turn.failed !== true ? "good" : "warn";
}

/** What there is to choose from, in the order of the alphabet. */
export function assistantsOf(turns: Iterable<LiveTurn>): string[] {
  return [...new Set(Array.from(turns, assistantOf))].sort((a, b) => a.localeCompare(b, "en"));
}
