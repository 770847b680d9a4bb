// The alarm and the claims of an object. A claim is sent ahead of its records and may be lost; the alarm can
// be relied on, and setting it costs a row.
import { describeError, logEvent } from "../../log.ts";
import type { Claim } from "../../protocol/session/lease-calls.ts";
import { ALARM_WITHIN_MS, CLAIM_TTL_MS } from "../bounds.ts";
import { alarmAt, claimDelay, type InstanceMemory, leasableAt, mustArm } from "./alarm-time.ts";
import { isDrained, type SessionState } from "../state.ts";
import type { SessionClock } from "./session-clock.ts";

/** A queue that did not take a claim is tried again after this. */
const CLAIM_RETRY_MS = 30_000;

/** The edge isolate only sends claims due within this time; it may be gone later. */
const CALLER_CLAIMS_WITHIN_SECONDS = 1;

export class Alarm {
  /** Lost with the instance: one claim too many is harmless, one lease too few costs time. */
  readonly memory: InstanceMemory = { claimPendingUntil: 0 };
  readonly #ctx: DurableObjectState;
  readonly #claims: Queue<Claim>;
  readonly #clock: SessionClock;
  /** The alarm as it is set, as far as this instance knows; by the edge's clock, epoch ms. */
  #armedAt: number | undefined;

  /** @param isNew nothing is stored: that an alarm is set would be news, and to set one more does no harm */
  constructor(ctx: DurableObjectState, claims: Queue<Claim>, clock: SessionClock, isNew: boolean) {
    this.#ctx = ctx;
    this.#claims = claims;
    this.#clock = clock;
    if (isNew) return;
    void ctx.blockConcurrencyWhile(async () => {
      try {
        this.#armedAt = (await ctx.storage.getAlarm()) ?? undefined;
      } catch (error) {
        // It is taken for none: to set one more does no harm.
        logEvent("warn", "alarm_unread", {
          object: ctx.id.toString(),
          error: describeError(error),
        });
      }
    });
  }

  get isArmed(): boolean {
    return this.#armedAt !== undefined;
  }

  /** The alarm is running: none is set. */
  alarmFired(): void {
    this.#armedAt = undefined;
  }

  /** After a failure no claim for a while: it would fail again at once. */
  backOff(now: number): void {
    this.memory.claimPendingUntil = Math.max(this.memory.claimPendingUntil, now + CLAIM_RETRY_MS);
  }

  /**
   * After any change: a claim if something can be leased soon, an alarm for the rest.
   * @param reservation made with this change, for the claim: two claims never bring the same one
   */
  afterChange(state: SessionState, now: number, reservation?: number): void {
    this.claim(state, now, reservation);
    const latest = isDrained(state) ? undefined : Date.now() + ALARM_WITHIN_MS;
    this.#ctx.waitUntil(this.arm(state, latest));
  }

  /**
   * Leaves the claim, if one is needed soon, to the caller; the answer is from when on it can be served, by the edge's
   * clock.
   */
  callerClaims(state: SessionState, now: number): number | undefined {
    const delaySeconds = claimDelay(state, this.memory, now);
    if (delaySeconds === undefined || delaySeconds > CALLER_CLAIMS_WITHIN_SECONDS) return undefined;
    this.memory.claimAt = now + delaySeconds * 1000;
    this.memory.claimPendingUntil = this.memory.claimAt + CLAIM_TTL_MS;
    const at = leasableAt(state, this.memory);
    return at === undefined ? undefined : this.#clock.clockTimeOf(at);
  }

  /** Sends a claim if one is needed, and waits for nothing: a claim that is lost costs time, not data. */
  claim(state: SessionState, now: number, reservation?: number): void {
    const delaySeconds = claimDelay(state, this.memory, now);
    if (delaySeconds === undefined) return;
    this.memory.claimAt = now + delaySeconds * 1000;
    this.memory.claimPendingUntil = this.memory.claimAt + CLAIM_TTL_MS;
    const claim: Claim = {
      v: 1,
      project: state.project,
      object: this.#ctx.id.toString(),
      ...(reservation !== undefined && { reservations: [reservation] }),
    };
    this.#ctx.waitUntil(this.#send(claim, state, delaySeconds));
  }

  async #send(claim: Claim, state: SessionState, delaySeconds: number): Promise<void> {
    try {
      await this.#claims.send(claim, { delaySeconds });
    } catch (error) {
      logEvent("warn", "claim", { object: claim.object, error: describeError(error) });
      const now = this.#clock.now(state, this.memory.reservation);
      this.memory.claimPendingUntil = now + CLAIM_RETRY_MS;
      await this.arm(state);
    }
  }

  /**
   * Sets the alarm for what is next, where that is news. Resolves when it is set.
   * @param latest not beyond this, by the edge's clock, epoch ms
   */
  async arm(state: SessionState, latest = Number.POSITIVE_INFINITY): Promise<void> {
    const time = alarmAt(state, this.memory);
    if (time === undefined) return;
    const needed = this.#clock.clockTimeOf(time);
    if (!mustArm(state, this.#armedAt, needed, Date.now())) return;
    await this.#set(Math.min(needed, latest));
  }

  /** Whatever is next. Resolves when it is durable: also where the instance ends right then. */
  async wakeIn(ms: number): Promise<void> {
    await this.#set(Date.now() + ms);
    await this.#ctx.storage.sync();
  }

  async #set(at: number): Promise<void> {
    this.#armedAt = at;
    try {
      await this.#ctx.storage.setAlarm(at);
    } catch (error) {
      // The next change sets it.
      if (this.#armedAt === at) this.#armedAt = undefined;
      throw error;
    }
  }
}
