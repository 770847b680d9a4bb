// The session object: the one place where a session's actions are kept, in order, until Langfuse has
// what they tell. This shell reads the clock, writes the journal, sends claims and sets the alarm;
// every decision is made by the pure modules beside it.
// Invariant: an answer leaves only after its journal entry is durable, and nothing else is waited for.
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../bindings.ts";
import { describeError, logEvent } from "../log.ts";
import type {
  AppendAnswer,
  AppendRequest,
  AppendResult,
  ForgetAnswer,
  LeaseAnswer,
  LeaseRequest,
  SessionCalls,
  SettleAnswer,
  Settlement,
} from "../protocol/session-calls.ts";
import { settingsOf } from "../settings.ts";
import { advance } from "./advance.ts";
import { waitsOf } from "./backoff.ts";
import { forgetAll } from "./forget-all.ts";
import { Keeper } from "./keeper.ts";
import { announce, lend, settleUp } from "./lending.ts";
import { entryLine } from "./rebuild.ts";
import { expiryOf } from "./schedule.ts";
import { emptyState, type SessionState } from "./state.ts";
import type { Step } from "./step.ts";
import { countsOf, takeIn, type Terms } from "./take-in.ts";
import { WakeUps } from "./wake-ups.ts";

/** After an expiry that failed: when to try again. */
const EXPIRY_RETRY_MS = 60_000;

export class Session extends DurableObject<Env> implements SessionCalls {
  readonly #terms: Terms;
  readonly #keeper: Keeper;
  readonly #wakeUps: WakeUps;
  #state: SessionState;
  #loggedOrdinal: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#keeper = new Keeper(ctx.storage);
    const { assembly, limits } = settingsOf(env);
    this.#terms = { assembly, quota: limits.session };
    this.#state = this.#keeper.load(assembly);
    this.#loggedOrdinal = this.#state.ordinal;
    this.#wakeUps = new WakeUps(ctx, env.CLAIMS, this.#keeper.isEmpty());
  }

  async append(request: AppendRequest): Promise<AppendAnswer> {
    if (request.actions.length > 0 && this.#keeper.isFull(this.#state)) {
      return this.#refuseAll(request);
    }
    return this.#make(
      (now) => takeIn(this.#state, request, this.#terms, now),
      request.gathersClaims,
    );
  }

  async pending(): Promise<{ pending: number; onTheirWay: number }> {
    return countsOf(this.#state);
  }

  async lease(request: LeaseRequest): Promise<LeaseAnswer> {
    const { known } = this.#wakeUps;
    return this.#make((now) => lend(this.#state, known, request, now));
  }

  async settle(settlement: Settlement): Promise<SettleAnswer> {
    // A consumer that comes after the object deleted itself: there is nothing to settle any more.
    if (this.#keeper.isEmpty()) return { sealed: 0, pending: 0 };
    const waits = waitsOf(this.#state, settlement, this.#now(), () => Math.random());
    const { known } = this.#wakeUps;
    return this.#make((now) => settleUp(this.#state, known, settlement, waits, now));
  }

  async forget(): Promise<ForgetAnswer> {
    const object = this.ctx.id.toString();
    const { known } = this.#wakeUps;
    const answer = this.#make((now) => forgetAll(this.#state, known, now));
    const { until: _until, ...counts } = answer;
    logEvent("info", "forget", { object, ...counts });
    return { object, ...answer };
  }

  /** Early, late, stale or twice: it only looks at what is due now, and arms itself again. */
  override async alarm(): Promise<void> {
    this.#wakeUps.rang();
    const now = this.#now();
    try {
      advance(this.#state, now);
      const expiry = expiryOf(this.#state);
      if (expiry !== undefined && expiry <= now) await this.#expire();
      else await this.#wakeUps.claim(this.#state, now);
    } catch (error) {
      logEvent("error", "alarm", { object: this.ctx.id.toString(), error: describeError(error) });
      this.#wakeUps.failed(now);
    } finally {
      this.#wakeUps.arm(this.#state, Date.now());
    }
  }

  /** Takes a step and keeps it, all of it or nothing. */
  #make<Answer extends object>(
    step: (now: number) => Step<Answer>,
    handsOver = false,
  ): Answer & Pick<AppendAnswer, "claimAt" | "reservation"> {
    const now = this.#now();
    const { known } = this.#wakeUps;
    try {
      const { answer, entries } = step(now);
      const announced = entries.length > 0 ? announce(this.#state, known, now) : undefined;
      if (announced !== undefined) entries.push(announced);
      if (entries.length > 0) this.#keeper.keep(this.#state, entries.map(entryLine));
      this.#logSealed();
      const reservation = announced && known.reservation;
      const claimAt = handsOver ? this.#wakeUps.handOver(this.#state, now) : undefined;
      this.#wakeUps.follow(this.#state, now, reservation);
      if (claimAt === undefined) return answer;
      return { ...answer, claimAt, ...(reservation !== undefined && { reservation }) };
    } catch (error) {
      // Memory is ahead of storage now; what is not in storage did not happen.
      this.ctx.abort();
      throw error;
    }
  }

  /** Never before the latest entry: a clock may go back, a journal may not. */
  #now(): number {
    return Math.max(Date.now(), this.#state.t);
  }

  #refuseAll({ actions }: AppendRequest): AppendAnswer {
    const message = "the session holds as much as it can until Langfuse takes some of it";
    const refused: AppendResult = { status: "refused", code: "unavailable", message };
    return { results: actions.map(() => refused), ...countsOf(this.#state) };
  }

  #logSealed(): void {
    const records = this.#state.ordinal - this.#loggedOrdinal;
    if (records === 0) return;
    this.#loggedOrdinal = this.#state.ordinal;
    logEvent("debug", "seal", {
      object: this.ctx.id.toString(),
      records,
      ...countsOf(this.#state),
    });
  }

  /** The session fell silent long ago: nothing of it stays. It works again if someone returns. */
  async #expire(): Promise<void> {
    const dead = this.#state.deadLetters.length;
    logEvent(dead > 0 ? "warn" : "debug", "expire", { object: this.ctx.id.toString(), dead });
    this.#state = emptyState("", this.#terms.assembly);
    this.#keeper.forget();
    this.#loggedOrdinal = this.#state.ordinal;
    try {
      await this.ctx.storage.deleteAll();
    } catch (error) {
      await this.ctx.storage.setAlarm(Date.now() + EXPIRY_RETRY_MS);
      this.ctx.abort();
      throw error;
    }
  }
}
