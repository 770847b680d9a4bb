// Routes of an export's spans: one call per object. Pure. The key is the token's session, else the session that
// the span names, else its trace. An exporter's batch may hold hundreds of traces, and what is refused it
// throws away: a server's traces share its project's lanes, and a page's the last of its objects, past a number
// of them. A repeat of the same request goes the same ways, and is recognised there.
import { laneOf, objectName } from "../../protocol/ids.ts";
import { MAX_CALL_LENGTH, MAX_KEYS } from "../../protocol/limits.ts";
import type { SpanOrigin } from "../../protocol/record.ts";
import type { AppendRequest, CompleteSpan } from "../../protocol/session/append-calls.ts";
import type { Caller } from "../access/caller.ts";
import type { Call } from "../ingest/route-actions.ts";
import type { InterpretedSpan } from "./interpret-span.ts";

/** Sessions of one request that have their own object: what is deleted with a session lies with it. */
export const MAX_SESSIONS = 24;
/** Traces of one request that full lanes have not taken, each in its own object. */
const MAX_OVERFLOW_KEYS = 100;

/** A span, and where it stood in the request. */
export type Placed = readonly [place: number, item: InterpretedSpan];
export type SpanCall = Call & { request: AppendRequest };

export function routeSpans(
  spans: readonly InterpretedSpan[],
  origins: ReadonlyMap<string, SpanOrigin>,
  caller: Caller,
): SpanCall[] {
  const lanes = caller.writer === "server";
  return routed([...spans.entries()], origins, caller, new Groups(MAX_KEYS, lanes));
}

/** Routes of spans that full lanes have turned away: to objects of their traces. */
export function routeOverflow(
  spans: readonly Placed[],
  origins: ReadonlyMap<string, SpanOrigin>,
  caller: Caller,
): SpanCall[] {
  return routed(spans, origins, caller, new Groups(MAX_OVERFLOW_KEYS, false, 0));
}

function routed(
  spans: readonly Placed[],
  origins: ReadonlyMap<string, SpanOrigin>,
  caller: Caller,
  groups: Groups,
): SpanCall[] {
  for (const [place, item] of spans) {
    if (item.kind === "span") groups.add(place, item.span, item.session);
  }
  const { project, owner, writer } = caller;
  return groups.all().flatMap(({ kind, value, places, items }) => {
    const object = objectName({ project: project.publicKey, owner, kind, value });
    return inCalls(items).map(([from, to]): SpanCall => {
      const its = items.slice(from, to);
      return {
        object,
        places: places.slice(from, to),
        request: {
          project: project.publicKey,
          writer,
          actions: [],
          spans: { items: its, origins: originsOf(its, origins) },
          ...(kind === "lane" && { lane: true as const }),
        },
      };
    });
  });
}

/** The parts that fit a call each; a span that is longer has one of its own. */
function inCalls(items: readonly CompleteSpan[]): [from: number, to: number][] {
  const parts: [number, number][] = [];
  let from = 0;
  let length = 0;
  for (const [index, { span }] of items.entries()) {
    if (index > from && length + span.length > MAX_CALL_LENGTH) {
      parts.push([from, index]);
      from = index;
      length = 0;
    }
    length += span.length;
  }
  if (items.length > from) parts.push([from, items.length]);
  return parts;
}

interface Group {
  kind: "session" | "trace" | "lane";
  value: string;
  places: number[];
  items: CompleteSpan[];
}

class Groups {
  readonly #maxTraces: number;
  readonly #maxSessions: number;
  readonly #hasLanes: boolean;
  readonly #sessions = new Map<string, Group>();
  readonly #traces = new Map<string, Group>();
  /** The group that further traces share. */
  #last: Group | undefined;

  constructor(maxTraces: number, hasLanes: boolean, maxSessions = MAX_SESSIONS) {
    this.#maxTraces = maxTraces;
    this.#maxSessions = maxSessions;
    this.#hasLanes = hasLanes;
  }

  add(place: number, span: CompleteSpan, session: string | undefined): void {
    const own = this.#ofSession(session);
    const group = own ?? this.#ofTrace(span.traceId);
    group.places.push(place);
    // Where it lies with others', it says itself whose it is.
    const tells = own === undefined && session !== undefined;
    group.items.push(tells ? { ...span, session } : span);
  }

  all(): Group[] {
    return [...this.#sessions.values(), ...this.#traces.values()];
  }

  #ofSession(session: string | undefined): Group | undefined {
    if (session === undefined) return undefined;
    const found = this.#sessions.get(session);
    if (found !== undefined || this.#sessions.size >= this.#maxSessions) return found;
    return put(this.#sessions, "session", session);
  }

  #ofTrace(trace: string): Group {
    const [kind, value] = this.#hasLanes
      ? (["lane", laneOf(trace)] as const)
      : (["trace", trace] as const);
    const found = this.#traces.get(value);
    if (found !== undefined) return found;
    if (this.#last !== undefined && this.#traces.size >= this.#maxTraces) return this.#last;
    this.#last = put(this.#traces, kind, value);
    return this.#last;
  }
}

function put(groups: Map<string, Group>, kind: Group["kind"], value: string): Group {
  const group: Group = { kind, value, places: [], items: [] };
  groups.set(value, group);
  return group;
}

function originsOf(
  items: readonly CompleteSpan[],
  origins: ReadonlyMap<string, SpanOrigin>,
): Record<string, SpanOrigin> {
  const named = new Set(items.map(({ origin }) => origin));
  return Object.fromEntries([...origins].filter(([key]) => named.has(key)));
}
