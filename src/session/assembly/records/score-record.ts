// A score becomes a record, with what is known of its trace for the figures. Pure and deterministic.
import { labelsAmong } from "../../../protocol/figures/score-labels.ts";
import type { ScoreRecord } from "../../../protocol/record.ts";
import type { Ordered } from "../../outbox/outbox-state.ts";
import type { ScoreDraft, Trace } from "../assembly-state.ts";
import { NOTE_KEYS, type Pairs, type Session, SOURCE, traceWide } from "./trace-wide.ts";

export function scoreRecord(
  trace: Trace,
  score: ScoreDraft,
  session: Session,
): Ordered<ScoreRecord> {
  const { nextSeq } = session;
  const { tags: _tags, metadata: wide = [], ...names } = traceWide(trace, session);
  const hasSource = trace.legacy !== undefined || wide.some(([key]) => key === NOTE_KEYS.source);
  const told: Pairs = hasSource ? wide : [...wide, [NOTE_KEYS.source, SOURCE]];
  const isKnown = trace.sealed.size + trace.drafts.size > 0;
  const labels = isKnown ? { ...names, metadata: labelsAmong(told) } : undefined;
  return {
    kind: "score",
    ordinal: score.createdSeq,
    seq: nextSeq,
    actions: score.actions,
    // As JSON: quotes and backslashes in it are escaped once more.
    size:
      JSON.stringify(score.body.v).length +
      (labels === undefined ? 0 : JSON.stringify(labels).length) +
      300,
    id: score.id,
    body: score.body.v,
    timestamp: score.body.s[1],
    ...(labels !== undefined && { labels }),
  };
}
