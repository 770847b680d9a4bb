// A session's deletion, through all objects that may hold something of it: those of its traces first, since only the
// session's own objects know these traces, and would know them no more. Twice forgotten is forgotten: where a
// call fails, all of it can be asked for again.
import type { DeleteAnswer } from "../../protocol/session/erasure-calls.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import {
  lanesOf,
  type NamedObject,
  objectsNamed,
  overflowObject,
  type SessionName,
  traceObject,
} from "./session-name.ts";

/** Objects of single traces that one deletion calls: with the others fewer calls than a request may make. */
export const MAX_TRACE_OBJECTS = 900;
/** Calls that are under way at a time. */
const AT_ONCE = 32;

export interface Forgotten {
  answers: DeleteAnswer[];
  /** Objects called. */
  calls: number;
  /** Traces of the session that were not looked for. */
  left: number;
}

type Calls = Pick<EdgeDeps, "sessionFor" | "heldTraces" | "forgetIn">;

/** Rejects where an object could not be reached: something may be left. */
export async function forgetSession(
  project: string,
  session: SessionName,
  deps: Calls,
): Promise<Forgotten> {
  const { sessionId, traces: given } = session;
  const own = objectsNamed(project, session);
  const held = await Promise.all(own.map(({ name }) => twice(() => deps.heldTraces(name))));
  const traces = [...new Set([...given, ...held.flatMap((one) => one.traces)])];
  const forgetIn = (name: string, its: readonly string[]): Promise<DeleteAnswer> =>
    twice(() => deps.forgetIn(name, sessionId, [...its]));

  const lanes = await Promise.all(
    lanesOf(project, traces).map(({ name, traces: its }) => forgetIn(name, its)),
  );
  const single = new Map<string, string>();
  for (const trace of lanes.flatMap(({ elsewhere = [] }) => elsewhere)) {
    single.set(overflowObject(project, trace), trace);
  }
  for (const [index, { owner }] of own.entries()) {
    for (const trace of [...given, ...spannedTraces(held[index])]) {
      single.set(traceObject(project, owner, trace), trace);
    }
  }
  const all = [...single];
  const ofTraces = await inTurns(all.slice(0, MAX_TRACE_OBJECTS), ([name, trace]) =>
    forgetIn(name, [trace]),
  );
  const ofSession = await Promise.all(
    own.map(({ name }: NamedObject) => twice(() => deps.sessionFor(name).deleteSession())),
  );
  const untold = held.reduce((sum, { more = 0 }) => sum + more, 0);
  const answers = [...ofSession, ...lanes, ...ofTraces];
  return {
    answers,
    calls: own.length + answers.length,
    left: untold + Math.max(0, all.length - MAX_TRACE_OBJECTS),
  };
}

/** Traces with spans of this owner: others of their spans may name no session, and lie by their traces. */
function spannedTraces(held: { traces: string[]; spans?: true } | undefined): readonly string[] {
  return held?.spans === true ? held.traces : [];
}

/** Tried once more, by a new stub: one that threw may be broken for good. */
async function twice<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch {
    return call();
  }
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(from, from + AT_ONCE).map(work))));
  }
  return results;
}
