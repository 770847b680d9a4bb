// Routes of a request's actions: one call per ordering key, in the order sent. Pure. The key is the
// request's session, else the action's own trace (by its Langfuse id, so that two spellings of
// one trace meet), else the session that a score names.
import type { Action } from "../../protocol/change.ts";
import { objectName } from "../../protocol/ids.ts";
import { MAX_KEYS } from "../../protocol/limits.ts";
import type { ActionRefusal } from "../../protocol/refusals.ts";
import type { AppendRequest } from "../../protocol/session/append-calls.ts";
import type { Caller } from "../access/caller.ts";
import type { FlushOrder, Interpreted, AcceptedAction } from "../interpret/interpreted.ts";
import { omitUndefined } from "../omit-undefined.ts";
import type { Envelope } from "../interpret/context.ts";

/** One call to one object. */
export interface Call {
  object: string;
  /** Places in the request of the actions that it carries, in the order of its results. */
  places: number[];
  /** Without one the object is only asked what is pending. */
  request?: AppendRequest;
}

export interface Routes {
  calls: Call[];
  /** The calls that a flush speaks of (their indexes), by the flush's place in the request. */
  flushes: Map<number, { calls: number[]; deliver: boolean }>;
  /** By place in the request. */
  refused: Map<number, ActionRefusal>;
}

interface Key {
  kind: "session" | "trace" | "lane";
  value: string;
}

interface Group {
  index: number;
  key: Key;
  places: number[];
  actions: Action[];
  flush?: { deliver: boolean };
}

const TOO_MANY_KEYS: ActionRefusal = {
  code: "too_many_keys",
  message: `a request may touch at most ${MAX_KEYS} sessions or traces; send the rest in another`,
};

export function routeActions(
  interpreted: readonly Interpreted[],
  caller: Caller,
  envelope: Envelope,
  maxKeys = MAX_KEYS,
): Routes {
  const groups = new Map<string, Group>();
  const routes: Routes = { calls: [], flushes: new Map(), refused: new Map() };
  const groupOf = (key: Key): Group | undefined => {
    const name = `${key.kind} ${key.value}`;
    const found = groups.get(name);
    if (found !== undefined || groups.size >= maxKeys) return found;
    const group: Group = { index: groups.size, key, places: [], actions: [] };
    groups.set(name, group);
    return group;
  };

  for (const [place, item] of interpreted.entries()) {
    if (item.kind !== "action") continue;
    const group = groupOf(keyOf(item, envelope));
    if (group === undefined) routes.refused.set(place, TOO_MANY_KEYS);
    else {
      group.places.push(place);
      group.actions.push(item.action);
    }
  }
  // A flush without a name speaks of what the request's actions touched, wherever it stands in it.
  const touched = [...groups.values()];
  for (const [place, item] of interpreted.entries()) {
    if (item.kind !== "flush") continue;
    const key = flushKeyOf(item, envelope);
    const group = key && groupOf(key);
    if (key !== undefined && group === undefined) {
      routes.refused.set(place, TOO_MANY_KEYS);
      continue;
    }
    const flushed = group === undefined ? touched : [group];
    for (const one of flushed) {
      one.flush = { deliver: item.deliver || one.flush?.deliver === true };
    }
    const calls = flushed.map(({ index }) => index);
    routes.flushes.set(place, { calls, deliver: item.deliver });
  }
  routes.calls = [...groups.values()].map((group) => callOf(group, caller, envelope));
  return routes;
}

function keyOf(item: AcceptedAction, envelope: Envelope): Key {
  if (envelope.sessionId !== undefined) return { kind: "session", value: envelope.sessionId };
  if (item.lane !== undefined) return { kind: "lane", value: item.lane };
  if (item.session !== undefined) return { kind: "session", value: item.session };
  return { kind: "trace", value: item.action.change.trace };
}

function flushKeyOf(item: FlushOrder, envelope: Envelope): Key | undefined {
  const session = envelope.sessionId ?? item.sessionId;
  if (session !== undefined) return { kind: "session", value: session };
  return item.trace === undefined ? undefined : { kind: "trace", value: item.trace };
}

function callOf(group: Group, caller: Caller, envelope: Envelope): Call {
  const { project, owner, writer } = caller;
  const object = objectName({ project: project.publicKey, owner, ...group.key });
  // Actions accepted before are durable; only hurrying their delivery needs a write.
  if (group.actions.length === 0 && group.flush?.deliver !== true) return { object, places: [] };
  const request: AppendRequest = {
    project: project.publicKey,
    writer,
    ...envelope,
    actions: group.actions,
    ...omitUndefined({ flush: group.flush }),
    ...(group.key.kind === "lane" && { lane: true as const }),
  };
  return { object, places: group.places, request };
}
