// Routes of an export's spans: one call per object. Pure. The key is the token's session, else the session that
// the span names, else its trace. An exporter's batch may hold hundreds of traces, and what is refused it
// throws away: so past a number of objects the rest share the last trace's. A repeat of the same request goes
// the same ways, and is recognised there.
import { objectName } from "../../protocol/ids.ts";
import { MAX_KEYS } from "../../protocol/limits.ts";
import type { SpanOrigin } from "../../protocol/record.ts";
import type { AppendRequest, CompleteSpan } from "../../protocol/session-calls.ts";
import type { Caller } from "../access/caller.ts";
import type { Call } from "../ingest/route-actions.ts";
import type { InterpretedSpan } from "./interpret-span.ts";

/** Sessions of one request that have their own object: what is deleted with a session lies with it. */
export const MAX_SESSIONS = 24;

export function routeSpans(
  spans: readonly InterpretedSpan[],
  origins: ReadonlyMap<string, SpanOrigin>,
  caller: Caller,
): (Call & { request: AppendRequest })[] {
  const groups = new Groups();
  for (const [place, item] of spans.entries()) {
    if (item.kind === "span") groups.add(place, item.span, item.session);
  }
  const { project, owner, writer } = caller;
  return groups.all().map(({ kind, value, places, items }) => ({
    object: objectName({ project: project.publicKey, owner, kind, value }),
    places,
    request: {
      project: project.publicKey,
      writer,
      actions: [],
      spans: { items, origins: originsOf(items, origins) },
    },
  }));
}

interface Group {
  kind: "session" | "trace";
  value: string;
  places: number[];
  items: CompleteSpan[];
}

class Groups {
  readonly #sessions = new Map<string, Group>();
  readonly #traces = new Map<string, Group>();
  /** The group that further traces share. */
  #last: Group | undefined;

  add(place: number, span: CompleteSpan, session: string | undefined): void {
    const group = this.#ofSession(session) ?? this.#ofTrace(span.traceId);
    group.places.push(place);
    group.items.push(span);
  }

  all(): Group[] {
    return [...this.#sessions.values(), ...this.#traces.values()];
  }

  #ofSession(session: string | undefined): Group | undefined {
    if (session === undefined) return undefined;
    const found = this.#sessions.get(session);
    if (found !== undefined || this.#sessions.size >= MAX_SESSIONS) return found;
    return put(this.#sessions, "session", session);
  }

  #ofTrace(trace: string): Group {
    const found = this.#traces.get(trace);
    if (found !== undefined) return found;
    if (this.#last !== undefined && this.#traces.size >= MAX_KEYS) return this.#last;
    this.#last = put(this.#traces, "trace", trace);
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
