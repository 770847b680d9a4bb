// A draft becomes an observation's record: the one place that fills in missing values. Pure and deterministic:
// the same draft makes the same record.
import type { Fields } from "../../../protocol/change.ts";
import { langfuseObservationId } from "../../../protocol/ids.ts";
import type { ObservationRecord } from "../../../protocol/record.ts";
import type { Ordered } from "../../outbox/outbox-state.ts";
import type { Draft, Trace } from "../assembly-state.ts";
import { costDetailsOf, totalsAsMetadata } from "../cost.ts";
import { parentOf, topOf } from "./place.ts";
import {
  beside,
  metadataPairs,
  NOTE_KEYS,
  type Pairs,
  type Session,
  traceWide,
  values,
  withNotes,
} from "./trace-wide.ts";

const NOT_ENDED = "not ended by the client";
/** Fields that an event cannot carry; a late record has them in its metadata. */
const NOT_ON_EVENTS = [
  "name",
  "startTime",
  "endTime",
  "model",
  "modelParameters",
  "usageDetails",
  "costDetails",
  "completionStartTime",
  "promptName",
  "promptVersion",
] as const;

/** The end of a record whose client did not say when it ended. */
interface EndOverride {
  endTime: number;
  abandoned: boolean;
}

/** An observation that is complete, or that is closed now. */
export function observationRecord(
  trace: Trace,
  draft: Draft,
  session: Session,
  closing: EndOverride,
): Ordered<ObservationRecord> {
  const top = topOf(trace, draft);
  const root = top?.root === true;
  const { name, startTime, endTime, prices: _prices, ...fields } = values(draft.fields) as Fields;
  const costDetails = costDetailsOf(draft.fields);
  if (costDetails !== undefined) fields.costDetails = costDetails;
  const type = top === undefined ? (draft.type?.v ?? "span") : "span";
  const start = startTime ?? draft.createdAt ?? draft.lastAt;
  const end = endTime ?? (type === "event" ? start : closing.endTime);
  const notes = [...draft.notes];
  if (end < start) notes.push("endTime: before startTime, set to it");
  if (closing.abandoned && endTime === undefined && type !== "event") {
    // A trace record has no end, and legacy clients often leave others without one: nothing is wrong with it.
    if (draft.legacyAt === undefined) {
      fields.level = fields.level === "ERROR" ? "ERROR" : "WARNING";
      fields.statusMessage ??= NOT_ENDED;
    } else if (top === undefined) notes.push(NOT_ENDED);
  }
  const wide = traceWide(trace, session);
  const own = metadataPairs(draft.metadata);
  return sized({
    kind: "observation",
    ordinal: draft.createdSeq,
    seq: session.nextSeq,
    actions: draft.actions,
    size: 0,
    traceId: trace.id,
    id: top?.id ?? draft.id,
    ...(root ? { root: true as const } : { parentId: parentOf(trace, draft) }),
    type,
    name: (root ? wide.name : name) ?? (top === undefined ? type : (name ?? "trace")),
    startTime: start,
    endTime: Math.max(start, end),
    fields,
    ...beside(
      wide,
      withNotes(own, trace, draft, notes, root ? totalsAsMetadata(trace.totals) : []),
    ),
  });
}

/** Actions too late for a sealed observation, or without its create, as an event beside it. */
export function lateRecord(
  trace: Trace,
  draft: Draft,
  session: Session,
  n: number,
): Ordered<ObservationRecord> {
  const { prices: _prices, ...all } = values(draft.fields) as Fields;
  const metadata = metadataPairs(draft.metadata);
  const { record, sealedAs = trace.rootId } = trace.legacy ?? {};
  const about = draft.id === record ? sealedAs : draft.id;
  for (const name of NOT_ON_EVENTS) {
    const value = all[name];
    if (value !== undefined) metadata.push([`${NOTE_KEYS.late}_${name}`, String(value)]);
    delete all[name];
  }
  metadata.push([NOTE_KEYS.late, about]);
  const wide = traceWide(trace, session);
  return sized({
    kind: "observation",
    ordinal: draft.createdSeq,
    seq: session.nextSeq,
    actions: draft.actions,
    size: 0,
    traceId: trace.id,
    id: langfuseObservationId(trace.id, `${draft.id}/late/${n}`),
    parentId: about,
    type: "event",
    name: "late-update",
    startTime: draft.lastAt,
    endTime: draft.lastAt,
    fields: all,
    ...beside(wide, withNotes(metadata, trace, draft, draft.notes)),
  });
}

function sized(record: Ordered<ObservationRecord>): Ordered<ObservationRecord> {
  const texts = (list: Pairs | undefined): number =>
    (list ?? []).reduce((sum, [key, text]) => sum + key.length + text.length + 60, 0);
  const fields = Object.values(record.fields).reduce<number>(
    (sum, value) => sum + (typeof value === "string" ? value.length : 8) + 60,
    0,
  );
  const { metadata: wide, tags = [], ...trace } = record.trace;
  const short = [record.name, ...tags, ...Object.values(trace)];
  const names = short.reduce<number>((sum, value) => sum + String(value).length + 60, 0);
  const size = 400 + fields + names + texts(record.metadata) + texts(wide);
  return { ...record, size };
}
