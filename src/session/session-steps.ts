// The state of a session object, and the one way to change it: a step is taken, written to the journal, and
// followed by its claim and its alarm. Invariant: all of a step happens or nothing does; an instance whose write
// failed ends, since its memory is ahead of storage. A storage that can't be read just now is read again with the
// next call, and keeps an alarm set meanwhile: nothing else might ever wake the object.
import type { Env } from "../bindings.ts";
import type { AppendAnswer } from "../protocol/session/append-calls.ts";
import { type AssemblySettings, settingsOf } from "../settings/index.ts";
import { Alarm } from "./deadlines/alarm.ts";
import { deleteStorage } from "./deadlines/delete-storage.ts";
import { type SessionClock, sessionClockOf } from "./deadlines/session-clock.ts";
import type { Transition } from "./journal/entries.ts";
import { JournalStore, type LoadReport } from "./journal/journal-store.ts";
import { reserveClaim } from "./outbox/lease-records.ts";
import { emptyState, type SessionState } from "./state.ts";

/** An object waits this long between looks whether the version is back that wrote its journal … */
const LATER_FORMAT_RETRY_MS = 60 * 60_000;
/** … and whether its storage can be read again. */
const UNREAD_RETRY_MS = 60_000;

export interface StepWatcher {
  /** The object was loaded, or begins anew. */
  begins: (state: SessionState, report?: LoadReport) => void;
  /** A step was written; its claim and its alarm come next. */
  kept: (state: SessionState) => void;
}

export type Committed<Answer> = Answer & Pick<AppendAnswer, "claimAt" | "reservation">;

export class SessionSteps {
  readonly alarm: Alarm;
  readonly #ctx: DurableObjectState;
  readonly #assembly: AssemblySettings;
  readonly #clock: SessionClock;
  readonly #watcher: StepWatcher;
  #journal: JournalStore;
  #state: SessionState;
  /** Nothing may be done with the object: its journal can't be read just now, or is a later version's. */
  #obstacle: { error: unknown; retryMs: number } | undefined;

  constructor(ctx: DurableObjectState, env: Env, watcher: StepWatcher) {
    this.#ctx = ctx;
    this.#assembly = settingsOf(env).assembly;
    this.#clock = sessionClockOf(ctx.storage);
    this.#watcher = watcher;
    this.#journal = new JournalStore(ctx.storage);
    this.#state = emptyState("", this.#assembly);
    const report = this.#load();
    const isNew = this.#obstacle === undefined && this.#journal.isEmpty();
    this.alarm = new Alarm(ctx, env.CLAIMS, this.#clock, isNew);
    // No request may ever come again: the journal that was put aside expires in its time.
    if (report?.unreadable !== undefined) ctx.waitUntil(this.arm());
  }

  /** @throws where the journal can't be read just now, or is a later version's */
  get state(): SessionState {
    this.#clearWay();
    return this.#state;
  }

  /** The same, for a call that only reads: an object with work that has no alarm, since the platform gave it up, has one again. */
  look(): SessionState {
    const { state } = this;
    if (!this.alarm.isArmed) this.#ctx.waitUntil(this.arm());
    return state;
  }

  /** @throws as `state` does */
  get journal(): JournalStore {
    this.#clearWay();
    return this.#journal;
  }

  /** The session's time, epoch ms, or the error for which nothing can be done now. */
  begin(): { now: number } | { error: unknown } {
    try {
      return { now: this.now() };
    } catch (error) {
      return { error };
    }
  }

  /** Sets the alarm where nothing can be done now. */
  async wakeBehindObstacle(): Promise<void> {
    await this.alarm.wakeIn(this.#obstacle?.retryMs ?? UNREAD_RETRY_MS);
  }

  /** The session's time, epoch ms. */
  now(): number {
    return this.#clock.now(this.state, this.alarm.memory.reservation);
  }

  /** Sets the alarm for what is next. Resolves when it is set. */
  async arm(): Promise<void> {
    await this.alarm.arm(this.#state);
  }

  /** Takes a step and keeps it, all of it or nothing. */
  commit<Answer extends object>(
    step: (now: number) => Transition<Answer>,
    handsOver = false,
  ): Committed<Answer> {
    const { state } = this;
    const { memory } = this.alarm;
    const now = this.now();
    try {
      const { answer, entries, rewrite } = step(now);
      const reserved = entries.length > 0 ? reserveClaim(state, memory, now) : undefined;
      if (reserved !== undefined) entries.push(reserved);
      if (entries.length > 0) this.#journal.commit(state, entries, rewrite);
      this.#watcher.kept(state);
      const reservation = reserved && memory.reservation;
      const claimAt = handsOver ? this.alarm.callerClaims(state, now) : undefined;
      this.alarm.afterChange(state, now, reservation);
      if (claimAt === undefined) return answer;
      return { ...answer, claimAt, ...(reservation !== undefined && { reservation }) };
    } catch (error) {
      // Memory is ahead of storage now; what is not in storage did not happen.
      this.#ctx.abort();
      throw error;
    }
  }

  /** The session fell silent long ago: nothing of it stays. It works again if someone returns. */
  async expire(): Promise<void> {
    this.#state = emptyState("", this.#assembly);
    this.#journal.reset();
    this.#watcher.begins(this.#state);
    // An alarm that was set before goes with the rest.
    this.alarm.alarmFired();
    await deleteStorage(this.#ctx);
  }

  #clearWay(): void {
    if (this.#obstacle?.retryMs === UNREAD_RETRY_MS) this.#load();
    if (this.#obstacle === undefined) return;
    if (!this.alarm.isArmed) this.#ctx.waitUntil(this.wakeBehindObstacle());
    throw this.#obstacle.error;
  }

  #load(): LoadReport | undefined {
    this.#obstacle = undefined;
    this.#journal = new JournalStore(this.#ctx.storage);
    try {
      const { state, report } = this.#journal.load(this.#assembly, Date.now());
      this.#state = state;
      if (report.laterFormat !== undefined) {
        this.#obstacle = { error: report.laterFormat, retryMs: LATER_FORMAT_RETRY_MS };
      }
      this.#watcher.begins(state, report);
      return report;
    } catch (error) {
      this.#obstacle = { error, retryMs: UNREAD_RETRY_MS };
      return undefined;
    }
  }
}
