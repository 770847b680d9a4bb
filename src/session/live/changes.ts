// What is to be told of a session, by trace: what has changed, or all that a watcher who has just come must see.
// No I/O, no clock.
import { isSpanRecord, type SealedRecord } from "../../protocol/record.ts";
import type { SessionState } from "../state.ts";

/** Open traces that whoever has just come is told of, and records on their way to Langfuse: the latest of each. */
const MAX_TRACES = 50;
const MAX_RECORDS = 200;
/** What is older waits for a Langfuse that is away: it is not what happens now. */
const RECENT_MS = 10 * 60_000;

/** What changed of a trace. */
export interface Changed {
  /** Ids of observations and scores that actions spoke of. */
  targets: Set<string>;
  /** Records that were sealed. */
  records: Set<SealedRecord>;
}

export class Changes {
  readonly byTrace = new Map<string, Changed>();

  addTarget(traceId: string, target: string): void {
    this.#of(traceId).targets.add(target);
  }

  addRecord(record: SealedRecord): void {
    const traceId = record.kind === "score" ? traceOfScore(record.body) : record.traceId;
    if (traceId !== "") this.#of(traceId).records.add(record);
  }

  #of(traceId: string): Changed {
    const found = this.byTrace.get(traceId) ?? { targets: new Set(), records: new Set() };
    this.byTrace.set(traceId, found);
    return found;
  }
}

/** Adds what is open, and what has just ended. */
export function addOpen(changes: Changes, state: SessionState, now: number): void {
  const since = now - RECENT_MS;
  for (const record of state.outbox.slice(-MAX_RECORDS)) {
    if (momentOf(record, state) >= since) changes.addRecord(record);
  }
  for (const { id, drafts, scores } of [...state.openTraces.values()].slice(-MAX_TRACES)) {
    if (id === "") continue;
    for (const target of [...drafts.keys(), ...scores.keys()]) changes.addTarget(id, target);
  }
}

/** Adds all that the session has of these traces: what is assembled, and what is on its way to Langfuse. */
export function addTraces(
  changes: Changes,
  { outbox, openTraces }: SessionState,
  traces: ReadonlySet<string>,
): void {
  for (const record of outbox) {
    const id = record.kind === "score" ? traceOfScore(record.body) : record.traceId;
    if (traces.has(id)) changes.addRecord(record);
  }
  for (const id of traces) {
    const { drafts, scores } = openTraces.get(id) ?? {};
    for (const target of [...(drafts?.keys() ?? []), ...(scores?.keys() ?? [])]) {
      changes.addTarget(id, target);
    }
  }
}

/** When something was heard of its trace last, epoch ms. */
function momentOf(record: SealedRecord, { openTraces, sealedTraces }: SessionState): number {
  if (record.kind === "score") return 0;
  const trace = openTraces.get(record.traceId) ?? sealedTraces.get(record.traceId);
  return trace?.lastArrival ?? (isSpanRecord(record) ? record.startTime : 0);
}

function traceOfScore(body: string): string {
  try {
    const { traceId } = JSON.parse(body) as { traceId?: unknown };
    return typeof traceId === "string" ? traceId : "";
  } catch {
    return "";
  }
}
