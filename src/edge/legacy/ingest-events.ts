// Legacy events on their way into session objects. A server's go to its project's lanes, few objects for many
// traces; what a full lane does not take goes to objects of its traces, each its own.
import type { Caller } from "../access/caller.ts";
import type { EdgeDeps } from "../edge-deps.ts";
import type { Outcome } from "../ingest/outcomes.ts";
import { ingest } from "../ingest/ingest.ts";
import type { AcceptedAction } from "../interpret/interpreted.ts";
import { MAX_LEGACY_EVENTS } from "../../protocol/limits.ts";
import type { RequestLog } from "../request-log.ts";
import type { RequestRefusal } from "../request-refusal.ts";
import type { EventOutcome } from "./answers.ts";
import { findTraces, hasTraceless } from "./find-traces.ts";
import { interpretContext } from "../interpret/context.ts";
import { type InterpretedEvent, interpretEvent, type TraceOf } from "./events/interpret-event.ts";
import { isRefused, readEvent } from "./events/read-event.ts";
import { EVENT_KINDS } from "./events/event-types.ts";
import type { LegacyCaller } from "./access.ts";

/** Objects that what full lanes have not taken may go to: as many traces as a batch has. */
const MAX_OVERFLOW_KEYS = 100;
const tooMany = (most: number): RequestRefusal => ({
  code: "too_many_actions",
  message: `a request may have at most ${most} events; send smaller batches`,
});
const NOWHERE: TraceOf = () => undefined;

export async function ingestEvents(
  raw: readonly unknown[],
  { caller, scoresOnly }: LegacyCaller,
  headers: Headers,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<EventOutcome[] | { refusal: RequestRefusal }> {
  const isPage = caller.writer === "browser";
  const most = isPage ? deps.settings.limits.actions : MAX_LEGACY_EVENTS;
  if (raw.length > most) return { refusal: tooMany(most) };
  const now = deps.now();
  const context = { ...interpretContext(deps.settings, caller, now), writer: caller.writer };
  const events = raw.map((event) => readEvent(event, now));
  const traceOf = hasTraceless(events) ? await findTraces(events, caller, deps) : NOWHERE;
  const interpreted = events.map((event): InterpretedEvent => {
    if (isRefused(event)) return { kind: "refused", refusal: event };
    const { kind } = EVENT_KINDS[event.type];
    if (scoresOnly && kind !== "score" && kind !== "log") return deniedTo(event.id);
    return interpretEvent(event, context, traceOf);
  });
  const items = interpreted.flatMap((event) => (event.kind === "kept" ? event.items : []));
  const outcomes = await keep(items, caller, headers, deps, log);
  if ("refusal" in outcomes) return outcomes;
  let next = 0;
  const ended = interpreted.map((event): EventOutcome => {
    const own = event.kind === "kept" ? event.items.length : 0;
    return { event, outcomes: outcomes.slice(next, (next += own)) };
  });
  log.events = raw.length;
  log.ignored = interpreted.filter(({ kind }) => kind === "ignored").length;
  log.noted = interpreted.filter((event) => event.kind === "kept" && event.noted).length;
  log.refused = ended.filter(({ event, outcomes: its }) => isLost(event, its)).length;
  return ended;
}

async function keep(
  items: readonly AcceptedAction[],
  caller: Caller,
  headers: Headers,
  deps: EdgeDeps,
  log: RequestLog,
): Promise<Outcome[] | { refusal: RequestRefusal }> {
  if (items.length === 0) return [];
  const first = await ingest(items, { caller, headers, envelope: sessionOf(caller) }, deps, log);
  if ("refusal" in first) return first;
  const outcomes = [...first.outcomes];
  const places = items.flatMap((item, place) =>
    item.lane !== undefined && isTurnedAway(outcomes[place]) ? [place] : [],
  );
  if (places.length === 0) return outcomes;
  const rest = places.flatMap((place) => {
    const { lane: _full, ...item } = items[place] ?? {};
    return "kind" in item ? [item] : [];
  });
  const more = { ...log };
  const source = { caller, headers, envelope: {}, maxKeys: MAX_OVERFLOW_KEYS };
  const second = await ingest(rest, source, deps, more);
  if ("refusal" in second) return outcomes;
  for (const [nth, place] of places.entries()) {
    const outcome = second.outcomes[nth];
    if (outcome !== undefined) outcomes[place] = outcome;
  }
  log.keys = (log.keys ?? 0) + (more.keys ?? 0);
  log.accepted = outcomes.filter(({ kind }) => kind === "kept").length;
  return outcomes;
}

/** A page's events are kept with its session, as its actions are. */
function sessionOf({ sessionId }: Caller): { sessionId?: string } {
  return sessionId === undefined ? {} : { sessionId };
}

/** Surely not kept, by an object that has no room: a call that failed may have kept what it was given. */
function isTurnedAway(outcome: Outcome | undefined): boolean {
  if (outcome?.kind !== "refused") return false;
  const { code, elsewhere } = outcome.refusal;
  return elsewhere === true || code === "quota_exceeded";
}

function isLost(event: InterpretedEvent, outcomes: readonly Outcome[]): boolean {
  return event.kind === "refused" || outcomes.some(({ kind }) => kind === "refused");
}

function deniedTo(id: string): InterpretedEvent {
  const error = "Access Scope Denied: the public key alone writes scores; AUTH does not name key";
  return { kind: "refused", refusal: { id, status: 401, message: "Authentication error", error } };
}
