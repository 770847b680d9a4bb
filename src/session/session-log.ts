// The lines that a session object logs of its own steps: what was sealed, forgotten, found at its start, and
// what a settlement named that was not there. Each names the object, and none has a payload.
import { describeError, logEvent, type LogFields } from "../log.ts";
import type { DeleteAnswer } from "../protocol/session/erasure-calls.ts";
import type { SettleAnswer } from "../protocol/session/settle-calls.ts";
import { isBare } from "./assembly/records/bare-record.ts";
import { countsOf } from "./append.ts";
import type { LoadReport } from "./journal/journal-store.ts";
import type { SessionState } from "./state.ts";

export class SessionLog {
  readonly #object: string;
  /** The number of the next record that was not logged. */
  #nextSeq = 1;

  constructor(object: string) {
    this.#object = object;
  }

  /** The object was loaded, or begins anew: what was sealed before is not logged again. */
  startsAt({ nextSeq }: SessionState): void {
    this.#nextSeq = nextSeq;
  }

  loaded({ unreadable, unknown }: LoadReport, state: SessionState): void {
    if (unknown > 0) this.#warn("journal_unknown", { records: unknown });
    if (unreadable === undefined) return;
    logEvent("error", "unreadable_journal", {
      object: this.#object,
      error: describeError(unreadable),
      length: state.unreadable?.length,
    });
  }

  sealed(state: SessionState): void {
    const records = state.nextSeq - this.#nextSeq;
    if (records === 0) return;
    // The newest are the last.
    const sealed = state.outbox.slice(-records).filter(({ seq }) => seq >= this.#nextSeq);
    const bare = sealed.filter(isBare).length;
    this.#nextSeq = state.nextSeq;
    if (bare > 0) logEvent("error", "content_left_out", { object: this.#object, records: bare });
    logEvent("debug", "seal", { object: this.#object, records, ...countsOf(state) });
  }

  settled(lease: number, { repeated, unknown }: SettleAnswer): void {
    if (repeated !== undefined) this.#warn("settle_repeated", { lease, records: repeated });
    if (unknown !== undefined) this.#warn("settle_unknown", { lease, records: unknown });
  }

  forgot(answer: Omit<DeleteAnswer, "object">): void {
    const { until: _until, elsewhere: _elsewhere, ...counts } = answer;
    logEvent("info", "forget", { object: this.#object, ...counts });
  }

  expired(): void {
    logEvent("debug", "expire", { object: this.#object });
  }

  alarmFailed(error: unknown): void {
    logEvent("error", "alarm", { object: this.#object, error: describeError(error) });
  }

  #warn(event: string, fields: LogFields): void {
    logEvent("warn", event, { object: this.#object, ...fields });
  }
}
