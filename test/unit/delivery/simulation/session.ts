// A session object in moved time: the pure modules, and what its shell does with them.
import type { LeasingSession } from "../../../../src/delivery/call-session.ts";
import type { WireKind } from "../../../../src/langfuse/encode.ts";
import type { ScoreRecord, SealedRecord } from "../../../../src/protocol/record.ts";
import type { Claim } from "../../../../src/protocol/session/lease-calls.ts";
import { CLAIM_TTL_MS } from "../../../../src/session/bounds.ts";
import { needsAnnouncement, ownReportOf } from "../../../../src/session/dead-letters/books.ts";
import { announced } from "../../../../src/session/dead-letters/letter-calls.ts";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import {
  alarmAt,
  claimDelay,
  type InstanceMemory,
} from "../../../../src/session/deadlines/alarm-time.ts";
import type { Transition } from "../../../../src/session/journal/entries.ts";
import { waitsOf } from "../../../../src/session/outbox/backoff.ts";
import {
  leaseRecords,
  reserveClaim,
  settleLease,
} from "../../../../src/session/outbox/lease-records.ts";
import { emptyState, type SessionState } from "../../../../src/session/state.ts";
import { SETTINGS } from "../../session/support.ts";
import { observation } from "../memory-session.ts";
import { T0 } from "../../../support/moved-time.ts";

/** The world around a session: its time, chance, and the queue that takes claims. */
interface Around {
  readonly now: number;
  readonly random: () => number;
  after: (ms: number, run: () => void) => void;
  claim: (claims: readonly Claim[], delayMs: number) => void;
}

export class SimulatedSession implements LeasingSession {
  readonly id: string;
  readonly state: SessionState;
  readonly #known: InstanceMemory = { claimPendingUntil: 0 };
  readonly #simulation: Around;
  #alarm = 0;

  constructor(id: string, simulation: Around, project: string) {
    this.id = id;
    this.#simulation = simulation;
    this.state = emptyState(project, SETTINGS);
  }

  /** Seals so many records; their names. A score is named like an observation. */
  append(count: number, kind: WireKind = "observation"): string[] {
    const { state } = this;
    advance(state, this.#simulation.now);
    const names: string[] = [];
    for (let n = 0; n < count; n += 1) {
      state.actions += 1;
      const ordinal = state.actions;
      const record = kind === "score" ? score(this.id, ordinal) : observation(this.id, ordinal, 40);
      state.outbox.push({ ...record, seq: state.nextSeq });
      state.nextSeq += 1;
      state.outboxSize += record.size;
      state.counts.accepted += 1;
      names.push(record.id);
    }
    const reserved = reserveClaim(state, this.#known, this.#simulation.now);
    this.#follow(reserved && this.#known.reservation);
    return names;
  }

  readonly lease: LeasingSession["lease"] = async (request) =>
    this.#make((now) => leaseRecords(this.state, this.#known, request, now));

  readonly settle: LeasingSession["settle"] = async (settlement) => {
    const { now, random } = this.#simulation;
    const waits = waitsOf(this.state, settlement, now, random);
    return this.#make((at) => settleLease(this.state, this.#known, settlement, waits, at));
  };

  #make<T>(step: (now: number) => Transition<T>): T {
    const { now } = this.#simulation;
    const { answer, entries } = step(now);
    const reserved = entries.length > 0 ? reserveClaim(this.state, this.#known, now) : undefined;
    this.#follow(reserved && this.#known.reservation);
    return structuredClone(answer);
  }

  #follow(reservation?: number): void {
    const { now } = this.#simulation;
    const delay = claimDelay(this.state, this.#known, now);
    if (delay !== undefined) {
      this.#known.claimAt = now + delay * 1000;
      this.#known.claimPendingUntil = now + delay * 1000 + CLAIM_TTL_MS;
      const reservations = reservation === undefined ? {} : { reservations: [reservation] };
      const { project } = this.state;
      const claim: Claim = { v: 1, project, object: this.id, ...reservations };
      this.#simulation.claim([claim], delay * 1000);
    }
    // The ledger knows of dead letters at once.
    const report = needsAnnouncement(this.state) ? ownReportOf(this.state) : undefined;
    if (report) announced(this.state, this.state.books.letters, report, now);
    const at = alarmAt(this.state, this.#known);
    const alarm = (this.#alarm += 1);
    if (at === undefined || this.state.outbox.length === 0) return;
    this.#simulation.after(at - now, () => {
      if (alarm !== this.#alarm) return;
      advance(this.state, this.#simulation.now);
      this.#follow();
    });
  }
}

const score = (session: string, ordinal: number): ScoreRecord & SealedRecord => ({
  kind: "score",
  ordinal,
  actions: 1,
  size: 40,
  id: `${session}/${ordinal}`,
  body: '{"value":1}',
  timestamp: T0,
});
