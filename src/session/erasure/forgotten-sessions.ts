// Sessions that were forgotten in an object of many traces: the ones that a server's legacy events name. For a
// day their events and spans are refused, and those of their traces, most of which name no session. No I/O, no
// clock.
import type { Action } from "../../protocol/change.ts";
import { derivedId } from "../../protocol/ids.ts";
import type { CompleteSpan } from "../../protocol/session/append-calls.ts";
import type { SessionState } from "../state.ts";
import { deletedUntil, type InFlight } from "./tombstone.ts";

/** Sessions that an object remembers as forgotten; the one that was forgotten first goes first. */
const MAX_FORGOTTEN_SESSIONS = 1_024;
/** Traces that it remembers of one of them, the latest, and with that of all no more than a snapshot can bear. */
const MAX_FORGOTTEN_TRACES = 1_024;
const MAX_ALL_TRACES = 16_384;

/** A session that was forgotten: hashes alone. */
export interface ForgottenSession {
  session: string;
  /** When, epoch ms. */
  at: number;
  traces: string[];
}

export interface Forgotten {
  /** In the order in which they were forgotten. */
  sessions: ForgottenSession[];
  /** As of a tombstone. */
  inFlight: InFlight[];
}

/** What is sent of a trace, and the session that it names by itself. */
export interface Part {
  /** Langfuse trace id; empty for what is of none. */
  trace: string;
  session?: string | undefined;
}

export function partOfAction(action: Action): Part {
  return { trace: action.change.trace, session: sessionNamed(action) };
}

export function partOfSpan({ traceId, session }: Pick<CompleteSpan, "traceId" | "session">): Part {
  return { trace: traceId, session };
}

/** The hash by which a forgotten session is known. */
export function sessionHash(sessionId: string): string {
  return derivedId("forgotten session", sessionId);
}

export function traceHash(trace: string): string {
  return derivedId("forgotten trace", trace).slice(0, 16);
}

/** Remembers a session, from now on for a day, and its traces. */
export function rememberForgotten(
  state: SessionState,
  session: string,
  traces: readonly string[],
  at: number,
): void {
  const { sessions = [], inFlight = [] } = state.forgotten ?? {};
  const before = sessions.find((one) => one.session === session)?.traces ?? [];
  const its = [...new Set([...before, ...traces])].slice(-MAX_FORGOTTEN_TRACES);
  const standing = sessions.filter((one) => deletedUntil(one.at) > state.t);
  const others = standing.filter((one) => one.session !== session);
  const all: ForgottenSession[] = [...others, { session, at, traces: its }]
    .sort((a, b) => a.at - b.at)
    .slice(-MAX_FORGOTTEN_SESSIONS);
  let left = MAX_ALL_TRACES;
  for (const one of all.toReversed()) {
    one.traces = left === 0 ? [] : one.traces.slice(-left);
    left -= one.traces.length;
  }
  // No delivery of before is under way any more, once all of them are a day ago.
  state.forgotten = { sessions: all, inFlight: standing.length === 0 ? [] : inFlight };
}

/** A check of what is sent: the forgotten session that it belongs to, by its own word or its trace's. */
export function forgottenSessionOf({
  forgotten,
  t,
}: SessionState): ((part: Part) => ForgottenSession | undefined) | undefined {
  const standing = (forgotten?.sessions ?? []).filter(({ at }) => deletedUntil(at) > t);
  if (standing.length === 0) return undefined;
  const sessions = new Map(standing.map((one) => [one.session, one]));
  const traces = new Map(standing.flatMap((one) => one.traces.map((trace) => [trace, one])));
  return ({ trace, session }) => {
    const its = session === undefined ? undefined : sessions.get(sessionHash(session));
    // What names another session is that one's, whoever said that its trace is this one's.
    if (its !== undefined || session !== undefined || trace === "") return its;
    return traces.get(traceHash(trace));
  };
}

/** Traces of these that are a forgotten session's and not known as such, by their hashes. */
export function tracesForgotten(
  state: SessionState,
  parts: readonly Part[],
): [session: string, traces: string[]][] {
  const found = new Map<string, Set<string>>();
  const sessionOf = forgottenSessionOf(state);
  if (sessionOf === undefined) return [];
  for (const part of parts) {
    const its = sessionOf(part);
    const { trace } = part;
    if (its === undefined || trace === "") continue;
    const hash = traceHash(trace);
    if (its.traces.includes(hash)) continue;
    found.set(its.session, (found.get(its.session) ?? new Set()).add(hash));
  }
  return Array.from(found, ([session, traces]) => [session, [...traces]]);
}

/** Its day goes on as it was. */
export function addForgottenTraces(
  state: SessionState,
  { session, traces }: { session: string; traces: readonly string[] },
): void {
  const known = state.forgotten?.sessions.find((one) => one.session === session);
  if (known !== undefined) rememberForgotten(state, session, traces, known.at);
}

function sessionNamed({ change }: Action): string | undefined {
  return change.kind === "score" ? sessionInScore(change.body) : change.traceFields?.sessionId;
}

/** The session that a score's body names, which is JSON text of the edge's own making. */
export function sessionInScore(body: string): string | undefined {
  return namedInScore(body, "sessionId");
}

export function namedInScore(body: string, name: "sessionId" | "traceId"): string | undefined {
  if (!body.includes(`"${name}"`)) return undefined;
  const value = (JSON.parse(body) as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" ? value : undefined;
}
