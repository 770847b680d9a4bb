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
  LeaseAnswer,
  LeaseRequest,
  SessionCalls,
  SettleAnswer,
  Settlement,
} from "../protocol/session-calls.ts";
import { readSettings } from "../settings.ts";
import { advance } from "./advance.ts";
import { backoffMs } from "./backoff.ts";
import { CLAIM_TTL_MS } from "./bounds.ts";
import { applyEntry, type Entry } from "./entries.ts";
import type { Arrival } from "./fold.ts";
import { Keeper } from "./keeper.ts";
import { leaseOut, leaseReach, leaseRefusal } from "./outbox.ts";
import { entryLine } from "./rebuild.ts";
import { alarmAt, claimDelay, expiryOf, mustArm } from "./schedule.ts";
import { emptyState, isQuiet, pendingOf, type SessionState } from "./state.ts";

/** After a queue that would not take a claim: when to try again. */
const CLAIM_RETRY_MS = 30_000;
/** After an expiry that failed: when to try again. */
const EXPIRY_RETRY_MS = 60_000;

export class Session extends DurableObject<Env> implements SessionCalls {
  readonly #assembly = readSettings({ ...this.env }).assembly;
  readonly #keeper: Keeper;
  #state: SessionState;
  /** The alarm as it is set, as far as this instance knows. */
  #armedAt: number | undefined;
  /** Until when a claim that was sent is waited for. Forgotten with the instance: a claim too many is harmless. */
  #claimedUntil = 0;
  #loggedOrdinal: number;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#keeper = new Keeper(ctx.storage);
    this.#state = this.#keeper.load(this.#assembly);
    this.#loggedOrdinal = this.#state.ordinal;
    void ctx.blockConcurrencyWhile(async () => {
      this.#armedAt = (await ctx.storage.getAlarm()) ?? undefined;
    });
  }

  async append(request: AppendRequest): Promise<AppendAnswer> {
    const now = this.#now();
    if (request.actions.length > 0 && this.#keeper.isFull(this.#state))
      return this.#refuseAll(request);
    const lines = this.#pin(request, now);
    const { actions, flush, writer, sessionId, clientId, sentAt } = request;
    const arrival: Arrival = {
      writer,
      ...(sessionId !== undefined && { sessionId }),
      ...(clientId !== undefined && { clientId }),
      ...(sentAt !== undefined && { sentAt }),
      actions,
    };
    const deliver = flush?.deliver === true;
    const ordinal = this.#state.ordinal;
    const entry: Entry = { k: "arrive", t: now, arrival, ...(deliver && { deliver }) };
    const results = this.#apply(entry);
    const taken = actions.filter((_, index) => results[index]?.status === "accepted");
    if (taken.length > 0 || (deliver && this.#state.ordinal !== ordinal)) {
      lines.push(entryLine({ ...entry, arrival: { ...arrival, actions: taken } }));
    }
    this.#write(lines);
    this.#follow(now);
    return { results, ...this.#counts() };
  }

  async pending(): Promise<{ pending: number; onTheirWay: number }> {
    return this.#counts();
  }

  async lease(request: LeaseRequest): Promise<LeaseAnswer> {
    const now = this.#now();
    // Whoever asks has come for the claim.
    this.#claimedUntil = 0;
    advance(this.#state, now);
    const reason = leaseRefusal(this.#state);
    if (reason === undefined) this.#write([this.#grant(request, now)]);
    this.#follow(now);
    const lease = reason === undefined ? leaseOut(this.#state) : undefined;
    return lease === undefined ? { reason: reason ?? "empty" } : { lease };
  }

  async settle(settlement: Settlement): Promise<SettleAnswer> {
    const now = this.#now();
    // A consumer that comes after the object deleted itself: there is nothing to settle any more.
    if (this.#keeper.isEmpty()) return { sealed: 0, pending: 0 };
    const { next, ...rest } = settlement;
    const { retry, delivered } = rest;
    const attempts = delivered.length > 0 ? 0 : this.#state.attempts;
    const wait = retry && backoffMs(retry.reason, attempts, retry.afterMs, Math.random());
    const entry: Entry = {
      k: "settle",
      t: now,
      settle: { ...rest, ...(wait !== undefined && { notBefore: now + wait }) },
    };
    this.#apply(entry);
    const lines = [entryLine(entry)];
    const again = next !== undefined && leaseRefusal(this.#state) === undefined;
    if (again) lines.push(this.#grant(next, now));
    this.#write(lines);
    this.#follow(now);
    const lease = again ? leaseOut(this.#state) : undefined;
    return {
      sealed: this.#state.outbox.length,
      pending: pendingOf(this.#state),
      ...(lease !== undefined && { next: lease }),
    };
  }

  /** Early, late, stale or twice: it only looks at what is due now, and arms itself again. */
  override async alarm(): Promise<void> {
    this.#armedAt = undefined;
    const now = this.#now();
    try {
      advance(this.#state, now);
      const expiry = expiryOf(this.#state);
      if (expiry !== undefined && expiry <= now) await this.#expire();
      else await this.#claim(now);
    } catch (error) {
      logEvent("error", "alarm", { object: this.ctx.id.toString(), error: describeError(error) });
      // Not at once again: what failed now would fail as fast as it could.
      this.#claimedUntil = Math.max(this.#claimedUntil, now + CLAIM_RETRY_MS);
    } finally {
      this.#arm(Date.now());
    }
  }

  /** Settings are pinned while something is assembled, so that a replay sees the ones that counted. */
  #pin(request: AppendRequest, now: number): string[] {
    const { project, settings } = this.#state;
    if (request.actions.length === 0 || !isQuiet(this.#state)) return [];
    const same = JSON.stringify(settings) === JSON.stringify(this.#assembly);
    if (project === request.project && same && !this.#keeper.isEmpty()) return [];
    const pin: Entry = { k: "pin", t: now, project: request.project, settings: this.#assembly };
    this.#apply(pin);
    return [entryLine(pin)];
  }

  #grant(request: LeaseRequest, now: number): string {
    const upTo = leaseReach(this.#state, request.maxBytes);
    const entry: Entry = { k: "lease", t: now, upTo };
    this.#apply(entry);
    return entryLine(entry);
  }

  /** Never before the latest entry: a clock may go back, a journal may not. */
  #now(): number {
    return Math.max(Date.now(), this.#state.t);
  }

  #apply(entry: Entry): AppendResult[] {
    try {
      return applyEntry(this.#state, entry);
    } catch (error) {
      // Half of an entry may be in memory, and nothing of it in storage.
      this.ctx.abort();
      throw error;
    }
  }

  #refuseAll({ actions }: AppendRequest): AppendAnswer {
    const message = "the session holds as much as it can until Langfuse takes some of it";
    const refused: AppendResult = { status: "refused", code: "unavailable", message };
    return { results: actions.map(() => refused), ...this.#counts() };
  }

  #counts(): { pending: number; onTheirWay: number } {
    return { pending: pendingOf(this.#state), onTheirWay: this.#state.outbox.length };
  }

  #write(lines: string[]): void {
    if (lines.length === 0) return;
    try {
      this.#keeper.keep(this.#state, lines);
    } catch (error) {
      // Memory is ahead of storage now; what is not in storage did not happen.
      this.ctx.abort();
      throw error;
    }
  }

  /** What follows from a change: a claim if something can be leased soon, an alarm for the rest. */
  #follow(now: number): void {
    const records = this.#state.ordinal - this.#loggedOrdinal;
    if (records > 0) {
      this.#loggedOrdinal = this.#state.ordinal;
      logEvent("info", "seal", { object: this.ctx.id.toString(), records, ...this.#counts() });
    }
    this.ctx.waitUntil(this.#claim(now));
    this.#arm(now);
  }

  /** Sends a claim if one is needed. Never throws: a claim that is lost costs time, not data. */
  async #claim(now: number): Promise<void> {
    const delaySeconds = claimDelay(this.#state, this.#claimedUntil, now);
    if (delaySeconds === undefined) return;
    this.#claimedUntil = now + delaySeconds * 1000 + CLAIM_TTL_MS;
    const claim = { v: 1, project: this.#state.project, object: this.ctx.id.toString() } as const;
    try {
      await this.env.CLAIMS.send(claim, { delaySeconds });
    } catch (error) {
      logEvent("warn", "claim", { object: claim.object, error: describeError(error) });
      this.#claimedUntil = Date.now() + CLAIM_RETRY_MS;
      this.#arm(Date.now());
    }
  }

  #arm(now: number): void {
    const at = alarmAt(this.#state, this.#claimedUntil);
    if (at === undefined || !mustArm(this.#armedAt, at, now)) return;
    this.#armedAt = at;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(at));
  }

  /** The session fell silent long ago: nothing of it stays. It works again if someone returns. */
  async #expire(): Promise<void> {
    const dead = this.#state.deadLetters.length;
    logEvent(dead > 0 ? "warn" : "info", "expire", { object: this.ctx.id.toString(), dead });
    this.#state = emptyState("", this.#assembly);
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
