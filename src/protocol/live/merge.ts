// Two tellings of one turn become one: the hub, and a page that watches, keep a turn by this. Pure.
import {
  type LiveObservation,
  type LiveTurn,
  MAX_LIVE_LABELS,
  MAX_LIVE_OBSERVATIONS,
} from "../live.ts";

/** What only an object that has the whole turn knows. */
const OF_WHOLE = [
  "state",
  "startTime",
  "endTime",
  "outcome",
  "name",
  "sampledOut",
  "idle",
] as const;

/** @param before what is known of it; undefined for a turn that is new */
export function mergeTurn(before: LiveTurn | undefined, told: LiveTurn): LiveTurn {
  if (before === undefined) return bounded(told, told.observations);
  const { partial, ...whole } = told;
  const merged: LiveTurn = { ...before, ...whole };
  if (partial === true) {
    for (const name of OF_WHOLE) {
      if (before[name] !== undefined) Object.assign(merged, { [name]: before[name] });
    }
  } else delete merged.partial;
  if (before.failed === true) merged.failed = true;
  if (before.scores !== undefined || told.scores !== undefined) {
    merged.scores = byId([...(before.scores ?? []), ...(told.scores ?? [])]);
  }
  const more = (before.more ?? 0) + (told.more ?? 0);
  if (more > 0) merged.more = more;
  return bounded(merged, byId([...before.observations, ...told.observations]));
}

/** The root stays, then what came first: a turn that grows without end is told of by its beginning. */
function bounded({ scores, ...rest }: LiveTurn, observations: LiveObservation[]): LiveTurn {
  // The latest of them: a page may send as many as it likes.
  const turn: LiveTurn = { ...rest, ...(scores && { scores: scores.slice(-MAX_LIVE_LABELS) }) };
  const left = observations.length - MAX_LIVE_OBSERVATIONS;
  if (left <= 0) return { ...turn, observations };
  const root = observations.find((one) => one.root === true);
  const kept = observations.slice(0, MAX_LIVE_OBSERVATIONS);
  if (root !== undefined && !kept.includes(root)) kept[kept.length - 1] = root;
  return { ...turn, observations: kept, more: (turn.more ?? 0) + left };
}

/** The later one of an id, at the place of the first. */
function byId<T extends { id: string }>(list: readonly T[]): T[] {
  const found = new Map<string, T>();
  for (const one of list) found.set(one.id, one);
  return [...found.values()];
}
