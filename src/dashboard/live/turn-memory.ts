// The turns that a watcher knows: messages of the edge, one after the other, make them. Told twice they change
// nothing; the oldest that ended go where there are too many. Pure.
import { mergeTurn } from "../../protocol/live/merge.ts";
import type { LiveMessage, LiveObservation, LiveTurn } from "../../protocol/live.ts";

export interface TurnMemory {
  /** By Langfuse's trace id. */
  turns: ReadonlyMap<string, LiveTurn>;
  /** The edge's clock less the reader's, ms; undefined before its first word. */
  aheadMs?: number;
  /** The project's public key. */
  project?: string;
  /** Changes that were not told: what is shown may lack them. */
  skipped: number;
}

export const EMPTY_MEMORY: TurnMemory = { turns: new Map(), skipped: 0 };

/** The most turns that are remembered; more than the edge itself tells at first. */
export const MAX_TURNS = 600;

/** `now`: the reader's clock. */
export function remember(memory: TurnMemory, message: LiveMessage, now: number): TurnMemory {
  const aheadMs = message.now - now;
  if (message.type === "skipped") {
    return { ...memory, aheadMs, skipped: memory.skipped + message.changes };
  }
  // Another connection tells all anew: what went on before and is not among it is over, nobody knows how.
  const isAnew = message.type === "hello" && message.n === 1;
  const before = [...memory.turns].filter(([, { state }]) => !isAnew || state === "ended");
  const turns = new Map(before);
  for (const turn of message.turns) {
    turns.set(turn.traceId, mergeTurn(turns.get(turn.traceId), turn));
  }
  return {
    ...memory,
    turns: turns.size > MAX_TURNS ? bounded(turns) : turns,
    aheadMs,
    ...(message.type === "hello" && { project: message.project }),
  };
}

/** Those that go on stay, whatever their number: they are told again only when they change. */
function bounded(turns: ReadonlyMap<string, LiveTurn>): Map<string, LiveTurn> {
  const ended = [...turns.values()]
    .filter(({ state }) => state === "ended")
    .sort((a, b) => a.startTime - b.startTime);
  const kept = new Map(turns);
  for (const { traceId } of ended.slice(0, turns.size - MAX_TURNS)) kept.delete(traceId);
  return kept;
}

/** The observations of a turn, as a waterfall draws them. */
export function partsOf({
  observations,
  startTime,
  endTime,
  name,
  traceId,
}: LiveTurn): (LiveObservation & {
  startMs: number;
  endMs: number | undefined;
  firstTokenMs: number | undefined;
})[] {
  const hasRoot = observations.some(({ root }) => root === true);
  const root: LiveObservation = {
    id: `${traceId}/root`,
    root: true,
    type: "span",
    name: name ?? "",
    startTime,
    ...(endTime !== undefined && { endTime }),
  };
  const all = hasRoot ? observations : [root, ...observations];
  const rootId = (hasRoot ? observations.find((one) => one.root === true) : root)?.id;
  return all.map((one) => ({
    ...one,
    ...(one.root !== true &&
      one.parentId === undefined &&
      rootId !== undefined && { parentId: rootId }),
    startMs: one.startTime,
    endMs: one.endTime,
    firstTokenMs: one.firstTokenTime,
  }));
}
