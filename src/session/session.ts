// The session object: the one place where a session's actions are kept, in order, until Langfuse has
// their records. This shell takes the calls; every decision is made by the pure modules beside it, and
// session-steps.ts keeps what they decide.
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
import { leaseRecords, settleLease } from "./outbox/lease-records.ts";
import { settledBefore } from "./outbox/settlement.ts";
import { amendRecords } from "./outbox/amend-records.ts";
import { onSessionTime } from "./assembly/correct-clock.ts";
import { rulesOf } from "./assembly/rules.ts";
import type { Transition } from "./journal/entries.ts";
import { countsOf, appendActions, type AppendPolicy } from "./append.ts";
import { appendSpans } from "./spans/append-spans.ts";
import type { LiveTeller } from "./live/live-teller.ts";
import { liveTellerOf } from "./live/live-teller-of.ts";
import { SessionFull } from "./session-full.ts";
import { SessionLog } from "./session-log.ts";
import { SessionSteps } from "./session-steps.ts";
import type { QueueWatch } from "./deadlines/queue-watch.ts";
import { queueWatchOf } from "./deadlines/queue-watch-of.ts";
import { tracesOf } from "./assembly/observation-names.ts";

/** An alarm that is run again, since it failed or ended its instance, has another one set before its work. */
const RETRIED_ALARM_MS = 60_000;

export class Session extends DurableObject<Env> implements SessionCalls {
  readonly #policy: AppendPolicy;
  readonly #steps: SessionSteps;
  readonly #letters: LetterDesk;
  readonly #watch: QueueWatch;
  readonly #full: SessionFull;
  readonly #live: LiveTeller;
  readonly #log: SessionLog;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { assembly, limits } = settingsOf(env);
    this.#policy = { assembly: rulesOf(assembly), quota: limits.session };
    this.#full = new SessionFull(ctx.id.toString());
    this.#live = liveTellerOf(ctx, env);
    this.#log = new SessionLog(ctx.id.toString());
    this.#steps = new SessionSteps(ctx, env, {
      begins: (state, report) => {
        this.#live.startsAt(state);
        this.#log.startsAt(state);
        if (report !== undefined) this.#log.loaded(report, state);
      },
      kept: (state) => {
        this.#log.sealed(state);
        this.#letters.keepAnnouncing();
      },
    });
    const { memory } = this.#steps.alarm;
    this.#letters = letterDeskOf(ctx, env, memory, {
      state: () => this.#steps.state,
      read: (ordinal) => this.#steps.journal.letter(this.#steps.state, ordinal),
      commit: (step) => this.#steps.commit(step),
      now: () => this.#steps.now(),
    });
    this.#watch = queueWatchOf(ctx, env, memory);
  }

  async append(request: AppendRequest): Promise<AppendAnswer> {
    const { state, journal } = this.#steps;
    const { spans, actions, batchesClaims } = request;
    const isUnstored = ({ drop }: { drop?: string }): boolean => drop !== undefined;
    if ((spans?.items ?? actions).some(isUnstored)) this.#letters.announceLater(this.#steps.now());
    const step = (now: number): Transition<AppendAnswer> => {
      const sent = onSessionTime(request, now - Date.now());
      return (
        this.#full.refuse(state, sent, journal, now) ??
        (spans === undefined
          ? appendActions(state, sent, this.#policy, now)
          : appendSpans(state, sent, spans, this.#policy, now))
      );
    };
    const answer = this.#steps.commit(step, batchesClaims);
    this.#live.appended(state, request, answer);
    return answer;
  }

  async pending(): Promise<PendingAnswer> {
    const state = this.#steps.look();
    const { unreadable } = state;
    return { ...countsOf(state), ...(unreadable && { unreadable: unreadable.journals }) };
  }

  async watched(until: number): Promise<void> {
    if ("now" in this.#steps.begin()) this.#live.watched(this.#steps.look(), until);
  }

  async findTraces(observations: string[]): Promise<(string | null)[]> {
    return tracesOf(this.#steps.look(), observations);
  }

  async lease(request: LeaseRequest): Promise<LeaseAnswer> {
    const { state, alarm } = this.#steps;
    const answer = this.#steps.commit((now) => leaseRecords(state, alarm.memory, request, now));
    this.#tellSealed();
    return answer;
  }

  async settle(settlement: Settlement): Promise<SettleAnswer> {
    const { state, alarm, journal } = this.#steps;
    if (journal.isEmpty()) return settledBefore(settlement);
    const waits = waitsOf(state, settlement, this.#steps.now(), () => Math.random());
    const dead = state.deadLetters.slice();
    const answer = this.#steps.commit((now) =>
      settleLease(state, alarm.memory, settlement, waits, now),
    );
    this.#log.settled(settlement.lease, answer);
    if (settlement.dead.length > 0) this.#letters.log(dead);
    this.#tellSealed();
    return answer;
  }

  async amend(amendment: Amendment): Promise<AmendAnswer> {
    const { state } = this.#steps;
    return this.#steps.commit((now) => amendRecords(state, amendment, now));
  }

  async deadLetters(request: LetterRequest): Promise<WholeLetter[]> {
    this.#steps.look();
    return this.#letters.show(request);
  }

  async replayDeadLetters(selection: LetterSelection): Promise<LetterChange> {
    return this.#letters.replay(selection);
  }

  async dropDeadLetters(selection: LetterSelection): Promise<LetterChange> {
    return this.#letters.drop(selection);
  }

  async deleteSession(): Promise<DeleteAnswer> {
    const { state, alarm, journal } = this.#steps;
    return this.#forget((now) => {
      journal.forgetAside(state);
      return eraseSession(state, alarm.memory, now);
    });
  }

  async heldTraces(): Promise<HeldTraces> {
    return heldTraces(this.#steps.look());
  }

  async forgetSession(sessionId: string, traces?: string[]): Promise<DeleteAnswer> {
    const { state, alarm, journal } = this.#steps;
    const letter = (ordinal: number) => journal.letter(state, ordinal);
    return this.#forget((now) =>
      forgetSessionIn(state, alarm.memory, { sessionId, traces }, letter, now),
    );
  }

  /**
   * Early, late, stale or twice: it only looks at what is due now, and arms itself again. It fails only where that is
   * not possible: then the platform tries a few times, and the next call of any kind sets the alarm.
   */
  override async alarm(run?: AlarmInvocationInfo): Promise<void> {
    const { alarm } = this.#steps;
    alarm.alarmFired();
    if (run?.isRetry === true) await alarm.wakeIn(RETRIED_ALARM_MS);
    const begun = this.#steps.begin();
    if ("error" in begun) {
      this.#log.alarmFailed(begun.error);
      // An alarm that throws is given up after a few times, and nobody would come when the obstacle is gone.
      await this.#steps.wakeBehindObstacle();
      return;
    }
    try {
      await this.#lookAround(begun.now);
    } catch (error) {
      this.#log.alarmFailed(error);
      alarm.backOff(begun.now);
    } finally {
      await this.#steps.arm();
    }
  }

  async #lookAround(now: number): Promise<void> {
    const { state, alarm } = this.#steps;
    advance(state, now);
    this.#live.changed(state, []);
    this.#letters.dropExpired();
    if (this.#letters.isOver(now)) {
      this.#log.expired();
      return this.#steps.expire();
    }
    this.#letters.keepAnnouncing();
    this.#letters.reportSilence(now);
    // Not waited for: a queue that hangs must not keep the alarm from being set again.
    alarm.claim(state, now);
    const telling = this.#watch.look(state, now);
    if (telling !== undefined) this.ctx.waitUntil(telling);
  }

  #forget(step: (now: number) => Transition<Omit<DeleteAnswer, "object">>): DeleteAnswer {
    const answer = this.#steps.commit(step);
    this.#log.forgot(answer);
    this.#live.forgot(this.#steps.state);
    this.#letters.announceNow();
    return { object: this.ctx.id.toString(), ...answer };
  }

  /** What a lease has sealed, granted by itself or with a settlement, may be settled before anything else happens here. */
  #tellSealed(): void {
    this.#live.changed(this.#steps.state, []);
  }
}
