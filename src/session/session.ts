// The session object: the one place where a session's actions are kept, in order, until Langfuse has
// their records. This shell reads the clock, writes the journal, sends claims and sets the alarm;
// every decision is made by the pure modules beside it.
// Invariant: an answer leaves only after its journal entry is durable, and nothing else is waited for.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../bindings.ts";
import type { AmendAnswer, Amendment } from "../protocol/hooks/amend-calls.ts";
import type {
  LetterChange,
  LetterRequest,
  LetterSelection,
  WholeLetter,
} from "../protocol/books/dead-letter-calls.ts";
import type { AppendAnswer, AppendRequest } from "../protocol/session/append-calls.ts";
import type { DeleteAnswer, HeldTraces } from "../protocol/session/erasure-calls.ts";
import type { LeaseAnswer, LeaseRequest } from "../protocol/session/lease-calls.ts";
import type { PendingAnswer, SessionCalls } from "../protocol/session-calls.ts";
import type { SettleAnswer, Settlement } from "../protocol/session/settle-calls.ts";
import { settingsOf } from "../settings/index.ts";
import type { LetterDesk } from "./dead-letters/letter-desk.ts";
import { letterDeskOf } from "./dead-letters/letter-desk-of.ts";
import { advance } from "./deadlines/advance.ts";
import { waitsOf } from "./outbox/backoff.ts";
import { heldTraces } from "./erasure/held-traces.ts";
import { forgetSessionIn } from "./erasure/forget-session-in.ts";
import { eraseSession } from "./erasure/erase-session.ts";
import { JournalStore } from "./journal/journal-store.ts";
import { reserveClaim, leaseRecords, settleLease } from "./outbox/lease-records.ts";
import { settledBefore } from "./outbox/settlement.ts";
import { amendRecords } from "./outbox/amend-records.ts";
import { onSessionTime } from "./assembly/correct-clock.ts";
import { rulesOf } from "./assembly/rules.ts";
import { emptyState, type SessionState } from "./state.ts";
import type { Transition } from "./journal/entries.ts";
import { countsOf, appendActions, type AppendPolicy } from "./append.ts";
import { appendSpans } from "./spans/append-spans.ts";
import { Alarm } from "./deadlines/alarm.ts";
import { type SessionClock, sessionClockOf } from "./deadlines/session-clock.ts";
import type { LiveTeller } from "./live/live-teller.ts";
import { liveTellerOf } from "./live/live-teller-of.ts";
import { SessionFull } from "./session-full.ts";
import { SessionLog } from "./session-log.ts";
import { deleteStorage } from "./deadlines/delete-storage.ts";
import type { QueueWatch } from "./deadlines/queue-watch.ts";
import { queueWatchOf } from "./deadlines/queue-watch-of.ts";
import { tracesOf } from "./assembly/observation-names.ts";

/** An object waits this long between looks whether the version is back that wrote its journal. */
const LATER_FORMAT_RETRY_MS = 60 * 60_000;

export class Session extends DurableObject<Env> implements SessionCalls {
  readonly #policy: AppendPolicy;
  readonly #journal: JournalStore;
  readonly #clock: SessionClock;
  readonly #alarm: Alarm;
  readonly #letters: LetterDesk;
  readonly #watch: QueueWatch;
  readonly #full: SessionFull;
  readonly #live: LiveTeller;
  readonly #log: SessionLog;
  #state: SessionState;
  /** The error of a journal that this version cannot read and must not write to. */
  readonly #laterFormat: Error | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#journal = new JournalStore(ctx.storage);
    const { assembly, limits } = settingsOf(env);
    this.#policy = { assembly: rulesOf(assembly), quota: limits.session };
    const { state, report } = this.#journal.load(assembly, Date.now());
    this.#state = state;
    this.#laterFormat = report.laterFormat;
    this.#clock = sessionClockOf(ctx.storage);
    this.#alarm = new Alarm(ctx, env.CLAIMS, this.#clock, this.#journal.isEmpty());
    this.#letters = letterDeskOf(ctx, env, this.#alarm.memory, {
      state: () => this.#state,
      read: (ordinal) => this.#journal.letter(this.#state, ordinal),
      commit: (step) => this.#commit(step),
      now: () => this.#now(),
    });
    this.#watch = queueWatchOf(ctx, env, this.#alarm.memory);
    this.#full = new SessionFull(ctx.id.toString());
    this.#live = liveTellerOf(ctx, env, state);
    this.#log = new SessionLog(ctx.id.toString());
    this.#log.startsAt(state);
    this.#log.loaded(report, state);
    // No request may ever come again: the journal that was put aside expires in its time.
    if (report.unreadable !== undefined) this.#alarm.arm(state);
  }

  async append(request: AppendRequest): Promise<AppendAnswer> {
    const { spans, actions, batchesClaims } = request;
    const isUnstored = ({ drop }: { drop?: string }): boolean => drop !== undefined;
    if ((spans?.items ?? actions).some(isUnstored)) this.#letters.announceLater(this.#now());
    const step = (now: number): Transition<AppendAnswer> => {
      const sent = onSessionTime(request, now - Date.now());
      return (
        this.#full.refuse(this.#state, sent, this.#journal, now) ??
        (spans === undefined
          ? appendActions(this.#state, sent, this.#policy, now)
          : appendSpans(this.#state, sent, spans, this.#policy, now))
      );
    };
    const answer = this.#commit(step, batchesClaims);
    this.#live.appended(this.#state, request, answer);
    return answer;
  }

  async pending(): Promise<PendingAnswer> {
    if (this.#laterFormat !== undefined) throw this.#laterFormat;
    const { unreadable } = this.#state;
    return { ...countsOf(this.#state), ...(unreadable && { unreadable: unreadable.journals }) };
  }

  async watched(until: number): Promise<void> {
    if (this.#laterFormat === undefined) this.#live.watched(this.#state, until);
  }

  async findTraces(observations: string[]): Promise<(string | null)[]> {
    return tracesOf(this.#state, observations);
  }

  async lease(request: LeaseRequest): Promise<LeaseAnswer> {
    const { memory } = this.#alarm;
    const answer = this.#commit((now) => leaseRecords(this.#state, memory, request, now));
    this.#tellSealed();
    return answer;
  }

  async settle(settlement: Settlement): Promise<SettleAnswer> {
    if (this.#laterFormat !== undefined) throw this.#laterFormat;
    if (this.#journal.isEmpty()) return settledBefore(settlement);
    const waits = waitsOf(this.#state, settlement, this.#now(), () => Math.random());
    const { memory } = this.#alarm;
    const dead = this.#state.deadLetters.slice();
    const answer = this.#commit((now) => settleLease(this.#state, memory, settlement, waits, now));
    this.#log.settled(settlement.lease, answer);
    if (settlement.dead.length > 0) this.#letters.log(dead);
    this.#tellSealed();
    return answer;
  }

  async amend(amendment: Amendment): Promise<AmendAnswer> {
    return this.#commit((now) => amendRecords(this.#state, amendment, now));
  }

  async deadLetters(request: LetterRequest): Promise<WholeLetter[]> {
    if (this.#laterFormat !== undefined) throw this.#laterFormat;
    return this.#letters.show(request);
  }

  async replayDeadLetters(selection: LetterSelection): Promise<LetterChange> {
    return this.#letters.replay(selection);
  }

  async dropDeadLetters(selection: LetterSelection): Promise<LetterChange> {
    return this.#letters.drop(selection);
  }

  async deleteSession(): Promise<DeleteAnswer> {
    const { memory } = this.#alarm;
    return this.#forget((now) => {
      this.#journal.forgetAside(this.#state);
      return eraseSession(this.#state, memory, now);
    });
  }

  async heldTraces(): Promise<HeldTraces> {
    if (this.#laterFormat !== undefined) throw this.#laterFormat;
    return heldTraces(this.#state);
  }

  async forgetSession(sessionId: string, traces?: string[]): Promise<DeleteAnswer> {
    const { memory } = this.#alarm;
    const letter = (ordinal: number) => this.#journal.letter(this.#state, ordinal);
    return this.#forget((now) =>
      forgetSessionIn(this.#state, memory, { sessionId, traces }, letter, now),
    );
  }

  /** Early, late, stale or twice: it only looks at what is due now, and arms itself again. */
  override async alarm(): Promise<void> {
    this.#alarm.alarmFired();
    if (this.#laterFormat !== undefined) {
      this.#log.alarmFailed(this.#laterFormat);
      // An alarm that throws is given up after a few times, and nobody would come when the version is back.
      await this.ctx.storage.setAlarm(Date.now() + LATER_FORMAT_RETRY_MS);
      return;
    }
    const now = this.#now();
    try {
      advance(this.#state, now);
      this.#live.changed(this.#state, []);
      this.#letters.dropExpired();
      if (this.#letters.isOver(now)) await this.#expire();
      else {
        this.#letters.keepAnnouncing();
        this.#letters.reportSilence(now);
        // Not waited for: a queue that hangs must not keep the alarm from being set again.
        this.#alarm.claim(this.#state, now);
        const telling = this.#watch.look(this.#state, now);
        if (telling !== undefined) this.ctx.waitUntil(telling);
      }
    } catch (error) {
      this.#log.alarmFailed(error);
      this.#alarm.backOff(now);
    } finally {
      this.#alarm.arm(this.#state);
    }
  }

  #forget(step: (now: number) => Transition<Omit<DeleteAnswer, "object">>): DeleteAnswer {
    const answer = this.#commit(step);
    this.#log.forgot(answer);
    this.#live.forget();
    this.#letters.announceNow();
    return { object: this.ctx.id.toString(), ...answer };
  }

  /** What a lease has sealed, granted by itself or with a settlement, may be settled before anything else happens here. */
  #tellSealed(): void {
    this.#live.changed(this.#state, []);
  }

  /** Takes a step and keeps it, all of it or nothing. */
  #commit<Answer extends object>(
    step: (now: number) => Transition<Answer>,
    handsOver = false,
  ): Answer & Pick<AppendAnswer, "claimAt" | "reservation"> {
    if (this.#laterFormat !== undefined) throw this.#laterFormat;
    const now = this.#now();
    const { memory } = this.#alarm;
    try {
      const { answer, entries, rewrite } = step(now);
      const reserved = entries.length > 0 ? reserveClaim(this.#state, memory, now) : undefined;
      if (reserved !== undefined) entries.push(reserved);
      if (entries.length > 0) this.#journal.commit(this.#state, entries, rewrite);
      this.#log.sealed(this.#state);
      this.#letters.keepAnnouncing();
      const reservation = reserved && memory.reservation;
      const claimAt = handsOver ? this.#alarm.callerClaims(this.#state, now) : undefined;
      this.#alarm.afterChange(this.#state, now, reservation);
      if (claimAt === undefined) return answer;
      return { ...answer, claimAt, ...(reservation !== undefined && { reservation }) };
    } catch (error) {
      // Memory is ahead of storage now; what is not in storage did not happen.
      this.ctx.abort();
      throw error;
    }
  }

  #now(): number {
    return this.#clock.now(this.#state, this.#alarm.memory.reservation);
  }

  /** The session fell silent long ago: nothing of it stays. It works again if someone returns. */
  async #expire(): Promise<void> {
    this.#log.expired();
    this.#state = emptyState("", this.#policy.assembly);
    this.#journal.reset();
    this.#log.startsAt(this.#state);
    await deleteStorage(this.ctx);
  }
}
