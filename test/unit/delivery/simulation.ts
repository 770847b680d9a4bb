// A project's whole delivery in moved time: session objects as their shells run them, the queue, consumers in
// several isolates, health, and a Langfuse whose answers depend on what it is sent. Nothing in it waits for
// real time, and chance is seeded.
import type { BreakerState } from "../../../src/delivery/breaker.ts";
import type { LeasingSession } from "../../../src/delivery/call-session.ts";
import { consume } from "../../../src/delivery/consumer.ts";
import type { PassesUnderWay } from "../../../src/delivery/passes-under-way.ts";
import type { HealthyState } from "../../../src/delivery/report.ts";
import {
  applyReport,
  EMPTY_HEALTH,
  type StoredHealth,
  viewOf,
} from "../../../src/outcomes/health-state.ts";
import type { HealthState } from "../../../src/protocol/health-calls.ts";
import type { Claim, Lease } from "../../../src/protocol/session/lease-calls.ts";
import type { Project } from "../../../src/settings/index.ts";
import { type Answering, type Post, SimulatedLangfuse } from "./simulation/langfuse.ts";
import { MovedTime, T0 } from "../../support/moved-time.ts";
import { SimulatedSession } from "./simulation/session.ts";

export type { Answering };

/** The project of all sessions but those of which another is named. */
const PROJECT = "pk";
const projectOf = (publicKey: string): Project => ({
  publicKey,
  secretKey: "sk",
  baseUrl: "http://langfuse.test",
});
/** How long the queue gathers messages. */
const BATCH_MS = 1_000;
/** The platform ends what an invocation still does so long after its answer. */
const AFTER_ANSWER_MS = 30_000;

interface Isolate {
  breaker: Map<string, BreakerState>;
  healthy: Map<string, HealthyState>;
  underWay: Map<string, PassesUnderWay>;
  /** It stands still until then. */
  awakeAt: number;
  /** Names of records that it has told their sessions to be delivered. */
  settled: Set<string>;
}

export class Simulation extends MovedTime {
  readonly #langfuse = new SimulatedLangfuse(this);
  /** The consumer that serves a batch of claims … */
  consumer: () => typeof consume = () => consume;
  /** … and the objects as it sees them: of this version, where nothing else is said. */
  seenAs: (session: LeasingSession) => LeasingSession = (session) => session;
  /** Posts of records after the end of the lease that they were lent with, or that the isolate had settled before. */
  readonly late: string[] = [];
  readonly again: string[] = [];
  #queue: Claim[] = [];
  #batchAt: number | undefined;
  readonly #isolates: Isolate[];
  readonly #consumers: number;
  #serving = 0;
  /** How long work went on that the platform would have ended, ms. */
  readonly overstayed: number[] = [];
  readonly #projects = new Map<string, Project>();
  readonly #healths = new Map<string, StoredHealth>();
  readonly sessions = new Map<string, SimulatedSession>();
  #seed: number;
  readonly logs: string[] = [];

  /** @param consumers batches of the queue that are served at once: one, outside Cloudflare */
  constructor({ isolates = 3, seed = 1, consumers = Infinity } = {}) {
    super();
    this.#isolates = Array.from({ length: isolates }, () => ({
      breaker: new Map<string, BreakerState>(),
      healthy: new Map<string, HealthyState>(),
      underWay: new Map<string, PassesUnderWay>(),
      awakeAt: 0,
      settled: new Set<string>(),
    }));
    this.#consumers = consumers;
    this.#seed = seed;
  }

  readonly random = (): number => {
    // Mulberry32: small, and the same on every machine.
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };

  set answering(answering: Answering) {
    this.#langfuse.answering = answering;
  }

  get posts(): Post[] {
    return this.#langfuse.posts;
  }

  /** When Langfuse took each record, by name, the first time. */
  get takenAt(): Map<string, number> {
    return this.#langfuse.takenAt;
  }

  get twice(): string[] {
    return this.#langfuse.twice;
  }

  get health(): HealthState {
    return viewOf(this.#healthOf(PROJECT));
  }

  #healthOf(project: string): StoredHealth {
    return this.#healths.get(project) ?? EMPTY_HEALTH;
  }

  /** Isolates that stand still for so long from now on: nothing that comes to them is seen before. */
  standStill(ms: number, which: (isolate: number) => boolean = () => true): void {
    for (const [n, isolate] of this.#isolates.entries()) {
      if (which(n)) isolate.awakeAt = Math.max(isolate.awakeAt, this.now + ms);
    }
  }

  async #seen<T>(isolate: Isolate, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } finally {
      while (isolate.awakeAt > this.now) await this.wait(isolate.awakeAt - this.now);
    }
  }

  session(id: string, project = PROJECT): SimulatedSession {
    this.#projects.set(project, projectOf(project));
    const known = this.sessions.get(id) ?? new SimulatedSession(id, this, project);
    this.sessions.set(id, known);
    return known;
  }

  claim(claims: readonly Claim[], delayMs = 0): void {
    this.after(delayMs, () => {
      this.#queue.push(...claims);
      this.#nextBatch();
    });
  }

  #nextBatch(): void {
    if (this.#batchAt !== undefined || this.#serving >= this.#consumers) return;
    this.#batchAt = this.now + BATCH_MS;
    this.after(BATCH_MS, () => {
      this.#batchAt = undefined;
      const claims = this.#queue.splice(0, 100);
      void this.#serve(claims);
      if (this.#queue.length > 0) this.#nextBatch();
    });
  }

  async #serve(claims: readonly Claim[]): Promise<void> {
    this.#serving += 1;
    const left: Promise<void>[] = [];
    await this.#consume(claims, left);
    this.#serving -= 1;
    const answeredAt = this.now;
    if (this.#queue.length > 0) this.#nextBatch();
    await Promise.all(left);
    const ms = this.now - answeredAt;
    if (ms > AFTER_ANSWER_MS) this.overstayed.push(ms);
  }

  #consume(claims: readonly Claim[], left: Promise<void>[]): Promise<void> {
    const isolate = this.#isolates[Math.floor(this.random() * this.#isolates.length)];
    if (isolate === undefined) throw new Error("no isolate");
    const seen = <T>(work: Promise<T>): Promise<T> => this.#seen(isolate, work);
    /** By record. */
    const ends = new Map<string, number>();
    const lent = (id: string, lease: Lease | undefined): void => {
      for (const { ordinal } of lease?.records ?? [])
        ends.set(`${id}/${ordinal}`, lease?.until ?? 0);
    };
    return this.consumer()(claims, {
      ...isolate,
      waitUntil: (work) => void left.push(work),
      projects: this.#projects,
      posterTo:
        ({ publicKey }) =>
        (kind, parts, timeoutMs) => {
          const posting = this.#langfuse.post(publicKey, kind, parts, timeoutMs);
          for (const name of this.posts.at(-1)?.names ?? []) {
            if (this.now >= (ends.get(name) ?? 0)) this.late.push(name);
            if (isolate.settled.has(name)) this.again.push(name);
          }
          return seen(posting);
        },
      defer: async (postponed, delaySeconds) => this.claim(postponed, delaySeconds * 1000),
      sessionById: (id) => {
        const session = this.seenAs(this.session(id));
        return {
          lease: async (request) => {
            const answer = await seen(session.lease(request));
            lent(id, answer.lease);
            return answer;
          },
          settle: async (settlement) => {
            for (const ordinal of settlement.delivered) isolate.settled.add(`${id}/${ordinal}`);
            const answer = await seen(session.settle(settlement));
            lent(id, answer.next);
            return answer;
          },
        };
      },
      health: (publicKey) => ({
        report: async (report) => {
          const state = applyReport(this.#healthOf(publicKey), structuredClone(report));
          this.#healths.set(publicKey, state);
          return viewOf(state);
        },
        read: async () => viewOf(this.#healthOf(publicKey)),
      }),
      ledger: () => ({ take: () => seen(Promise.resolve()) }),
      tellsFigures: false,
      random: this.random,
      now: () => this.now,
      wait: (ms) => seen(this.wait(ms)),
      log: (level, event, fields) =>
        void this.logs.push(`${this.now - T0} ${level} ${event} ${JSON.stringify(fields)}`),
    });
  }
}
