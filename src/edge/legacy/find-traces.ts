// Traces of updates that name none, as older Python SDKs send them: found by the observation's id, among the
// batch's own events first, then in the project's lanes. What is not there either has a trace of its own.
import { LANES, objectName } from "../../protocol/ids.ts";
import { isObject } from "../../protocol/wire.ts";
import type { Caller } from "../access/caller.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import { EVENT_KINDS } from "./events/event-types.ts";
import type { TraceOf } from "./events/interpret-event.ts";
import { isRefused, type LegacyEvent, type RefusedEvent, textId } from "./events/read-event.ts";

/** More than a batch of an SDK has; the rest of a hostile one is not looked for. */
const MAX_ASKED = 1_000;

export async function findTraces(
  events: readonly (LegacyEvent | RefusedEvent)[],
  caller: Caller,
  deps: Pick<EdgeDeps, "tracesIn">,
): Promise<TraceOf> {
  const known = new Map<string, string>();
  const asked = new Set<string>();
  for (const event of events) {
    if (isRefused(event) || EVENT_KINDS[event.type].kind !== "observation") continue;
    const id = textId(event.body["id"]);
    const trace = textId(event.body["traceId"]);
    if (id === undefined) continue;
    if (trace !== undefined) known.set(id, trace);
    else asked.add(id);
  }
  const unknown = [...asked].filter((id) => !known.has(id)).slice(0, MAX_ASKED);
  if (unknown.length > 0 && caller.writer === "server") {
    for (const [id, trace] of await askLanes(unknown, caller, deps)) known.set(id, trace);
  }
  return (id) => known.get(id);
}

/** Whichever lane knows: the others, and one that does not answer, know nothing. */
async function askLanes(
  ids: readonly string[],
  { project, owner }: Caller,
  { tracesIn }: Pick<EdgeDeps, "tracesIn">,
): Promise<[id: string, trace: string][]> {
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    objectName({ project: project.publicKey, owner, kind: "lane", value: String(lane) }),
  );
  const answers = await Promise.all(lanes.map((lane) => tracesIn(lane, [...ids]).catch(() => [])));
  return answers.flatMap((found) =>
    found.flatMap((trace, index): [string, string][] => {
      const id = ids[index];
      return id === undefined || trace === null ? [] : [[id, trace]];
    }),
  );
}

/** Does any event leave out what it belongs to? */
export function hasTraceless(events: readonly (LegacyEvent | RefusedEvent)[]): boolean {
  return events.some(
    (event) =>
      !isRefused(event) &&
      EVENT_KINDS[event.type].kind === "observation" &&
      isObject(event.body) &&
      textId(event.body["traceId"]) === undefined,
  );
}
