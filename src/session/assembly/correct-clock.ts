// A client whose clock is wrong: its times are moved onto the edge's clock, and the record says so.
import type { Action, Fields } from "../../protocol/change.ts";

const TIMES = ["startTime", "endTime", "completionStartTime"] as const satisfies (keyof Fields)[];

/**
 * The action with the client's times moved by `offset` ms, except those that are nearer to the edge's
 * clock as they are: a client whose `sentAt` is wrong may still tell other times rightly.
 * @param now the edge's clock, epoch ms
 */
export function correctClock(action: Action, offset: number, now: number): Action {
  const corrected = (time: number): number =>
    Math.abs(time + offset - now) < Math.abs(time - now) ? time + offset : time;
  const at = action.at === undefined ? {} : { at: corrected(action.at) };
  const { change } = action;
  if (change.kind === "score") return { ...action, ...at };
  const fields: Fields = { ...change.fields };
  for (const name of TIMES) {
    const time = fields[name];
    if (time !== undefined) fields[name] = corrected(time);
  }
  const notes = [...(change.notes ?? []), `client clock corrected by ${offset} ms`];
  return { ...action, ...at, change: { ...change, fields, notes } };
}

/**
 * What a request says of its client's clock, on the session's time, which may be ahead of the edge's clock (outbox/lease.ts):
 * a client is judged by the clock.
 * @param aheadMs of the clock
 */
export function onSessionTime<R extends { sentAt?: number }>(request: R, aheadMs: number): R {
  const { sentAt } = request;
  if (sentAt === undefined || aheadMs <= 0) return request;
  return { ...request, sentAt: sentAt + aheadMs };
}
