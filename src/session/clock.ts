// A client whose clock is wrong: its times are moved onto the edge's clock, and the record says so.
import type { Action, Fields } from "../protocol/change.ts";

const TIMES = ["startTime", "endTime", "completionStartTime"] as const satisfies (keyof Fields)[];

/** The action with every time of the client's moved by `offset` ms. */
export function correctClock(action: Action, offset: number): Action {
  const at = action.at === undefined ? {} : { at: action.at + offset };
  const { change } = action;
  if (change.kind === "score") return { ...action, ...at };
  const fields: Fields = { ...change.fields };
  for (const name of TIMES) {
    const time = fields[name];
    if (time !== undefined) fields[name] = time + offset;
  }
  const notes = [...(change.notes ?? []), `client clock corrected by ${offset} ms`];
  return { ...action, ...at, change: { ...change, fields, notes } };
}
