// Sessions told step by step, for the cases that have a name.
import type { Change, Fields, TraceFields } from "../../../src/protocol/change.ts";
import {
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
} from "../../../src/protocol/ids.ts";
import { isObservationRecord, type ObservationRecord } from "../../../src/protocol/record.ts";
import { advance } from "../../../src/session/deadlines/advance.ts";
import { applyEntry, type Entry } from "../../../src/session/journal/entries.ts";
import type { SessionState } from "../../../src/session/state.ts";
import type { AssemblySettings } from "../../../src/settings/index.ts";
import { NOW } from "./arbitrary.ts";
import { fresh } from "./support.ts";

export const TRACE = "ui2-1671234567890-abc123";
export const TRACE_ID = langfuseTraceId(TRACE);
export const ROOT_ID = rootObservationId(TRACE_ID);
export const idOf = (raw: string): string => langfuseObservationId(TRACE_ID, raw);

type Extra = Partial<Change> & { fields?: Fields; traceFields?: TraceFields };

const base = (op: Change["op"], extra: Extra): Change => ({
  kind: "change",
  op,
  trace: TRACE_ID,
  rawTrace: TRACE,
  target: ROOT_ID,
  ...extra,
});

export const trace = (op: Change["op"], extra: Extra = {}): Change =>
  base(op, { root: true, ...extra });
export const span = (op: Change["op"], raw: string, extra: Extra = {}): Change =>
  base(op, {
    target: idOf(raw),
    rawTarget: raw,
    ...(op === "create" && { type: "span" as const }),
    ...extra,
  });

/** A session and its clock: seconds since the story began. */
export class Story {
  readonly state: SessionState;
  #seq = 0;

  constructor(settings?: AssemblySettings) {
    this.state = fresh(settings);
  }

  /** A change arrives at `seconds`; it gets the next number unless one is given. */
  at(seconds: number, change: Change, extra: { seq?: number; at?: number; sentAt?: number } = {}) {
    const { seq = (this.#seq += 1), sentAt, at = NOW + seconds * 1000 } = extra;
    return applyEntry(this.state, {
      k: "append",
      t: NOW + seconds * 1000,
      arrival: {
        writer: "browser",
        clientId: "tab",
        ...(sentAt !== undefined && { sentAt }),
        actions: [{ seq, at, change }],
      },
    });
  }

  entry(entry: Entry) {
    return applyEntry(this.state, entry);
  }

  /** Names of records sealed by `seconds`. */
  sealedBy(seconds: number): string[] {
    advance(this.state, NOW + seconds * 1000);
    return this.records().map(({ name }) => name);
  }

  records(): ObservationRecord[] {
    return this.state.outbox.filter(isObservationRecord);
  }

  record(name: string): ObservationRecord {
    const found = this.records().find((record) => record.name === name);
    if (found === undefined) throw new Error(`no record ${name}`);
    return found;
  }
}
