// The part of an object of many traces that belongs to one session: its traces, scores that name it in traces of
// others, and the sealed records of either. Pure.
import { isSpanRecord, type SealedRecord } from "../../protocol/record.ts";
import type { Ordered } from "../outbox/outbox-state.ts";
import type { ScoreDraft, Trace } from "../assembly/assembly-state.ts";
import type { SessionState } from "../state.ts";
import { namedInScore, sessionHash, traceHash } from "./forgotten-sessions.ts";

export interface SessionPart {
  traces: Trace[];
  scores: { trace: Trace; score: ScoreDraft }[];
  records: Ordered[];
  /** Is it a record of the session? Of dead letters, whose records are not in the state. */
  has: (record: SealedRecord) => boolean;
}

/**
 * @param session its hash
 * @param named traces of which somebody else knows that they are the session's, by their hashes
 */
export function partOf(
  state: SessionState,
  session: string,
  named: readonly string[] = [],
): SessionPart {
  const hashes = new Map<string, boolean>();
  const isIts = (id: unknown): boolean => {
    if (typeof id !== "string") return false;
    const known = hashes.get(id);
    if (known !== undefined) return known;
    const found = sessionHash(id) === session;
    hashes.set(id, found);
    return found;
  };
  const all = [...state.openTraces.values(), ...state.sealedTraces.values()];
  const hashed = new Set(named);
  // Whoever says whose trace it is may be a page, which can name any: what itself names another session stays.
  const isOf = (trace: string, own: unknown): boolean =>
    own === undefined
      ? trace !== "" && hashed.size > 0 && hashed.has(traceHash(trace))
      : isIts(own);
  const traces = all.filter(({ id, fields }) => isOf(id, fields.get("sessionId")?.v));
  const ids = new Set(traces.map(({ id }) => id));
  for (const record of state.outbox) {
    // A span that names the session tells whose trace it is.
    if (isSpanRecord(record) && isIts(record.session)) ids.add(record.traceId);
  }
  const scores = [...state.openTraces.values()]
    .filter(({ id }) => !ids.has(id))
    .flatMap((trace) =>
      Array.from(trace.scores.values(), (score) => ({ trace, score })).filter(({ score }) =>
        isIts(namedInScore(score.body.v, "sessionId")),
      ),
    );
  const has = (record: SealedRecord): boolean => {
    if (record.kind === "score") {
      const trace = namedInScore(record.body, "traceId");
      const isOfTrace = trace !== undefined && (ids.has(trace) || isOf(trace, undefined));
      return isOfTrace || isIts(namedInScore(record.body, "sessionId"));
    }
    if (isSpanRecord(record) && record.session !== undefined) return isIts(record.session);
    const own = isSpanRecord(record) ? undefined : record.trace.sessionId;
    return ids.has(record.traceId) || isOf(record.traceId, own);
  };
  return { traces, scores, records: state.outbox.filter(has), has };
}
