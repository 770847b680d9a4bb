// A project's whole delivery in moved time: session objects as their shells run them, the queue, consumers in
// several isolates, health, and a Langfuse whose answers depend on what it is sent. Nothing in it waits for
// real time, and chance is seeded.
import { type BreakerState } from "../../../src/delivery/breaker.ts";
import { consume } from "../../../src/delivery/consumer.ts";
import type { PassesUnderWay } from "../../../src/delivery/passes-under-way.ts";
import type { HealthyState } from "../../../src/delivery/report.ts";
import { type LangfuseAnswer, classify } from "../../../src/langfuse/classify.ts";
import type { WireKind, WirePart } from "../../../src/langfuse/encode.ts";
import {
  applyReport,
  EMPTY_HEALTH,
  type StoredHealth,
  viewOf,
} from "../../../src/outcomes/health-state.ts";
import type { Project } from "../../../src/settings/index.ts";
import { POST_TIMEOUT_MS } from "../../../src/protocol/delivery-times.ts";
import type { HealthState } from "../../../src/protocol/health-calls.ts";
import type { ScoreRecord, SealedRecord } from "../../../src/protocol/record.ts";
import type { Claim, Lease } from "../../../src/protocol/session/lease-calls.ts";
import type { LeasingSession } from "../../../src/delivery/call-session.ts";
import { advance } from "../../../src/session/deadlines/advance.ts";
import { waitsOf } from "../../../src/session/outbox/backoff.ts";
import { CLAIM_TTL_MS } from "../../../src/session/bounds.ts";
import { needsAnnouncement, ownReportOf } from "../../../src/session/dead-letters/books.ts";
import { announced } from "../../../src/session/dead-letters/letter-calls.ts";
import {
  reserveClaim,
  leaseRecords,
  settleLease,
} from "../../../src/session/outbox/lease-records.ts";
import {
  alarmAt,
  claimDelay,
  type InstanceMemory,
} from "../../../src/session/deadlines/alarm-time.ts";
import { emptyState, type SessionState } from "../../../src/session/state.ts";
import type { Transition } from "../../../src/session/journal/entries.ts";
import { SETTINGS } from "../session/support.ts";
import { observation } from "./memory-session.ts";

const T0 = 1_795_380_000_000;
/** The project of all sessions but those of which another is named. */
const PROJECT = "pk";
const projectOf = (publicKey: string): Project => ({
  publicKey,
  secretKey: "sk",
  baseUrl: "http://langfuse.test",
});
/** An answer of Langfuse, and how soon. */
const QUICK_MS = 50;
/** How long the queue gathers messages. */
const BATCH_MS = 1_000;
/** The platform ends what an invocation still does so long after its answer. */
const AFTER_ANSWER_MS = 30_000;

/** What Langfuse does with a request of these records; `hang` never answers. */
export type Answering = (
  names: readonly string[],
  kind: WireKind,
  project: string,
) =>
  | {
      status: number;
      body?: string;
      retryAfter?: string;
      /** How late it answers; later than the POST's timeout is not at all. */
      afterMs?: number;
    }
  | "hang"
  | "taken";

interface Isolate {
  breaker: Map<string, BreakerState>;
  healthy: Map<string, HealthyState>;
  underWay: Map<string, PassesUnderWay>;
  /** It stands still until then. */
  awakeAt: number;
  /** Names of records that it has told their sessions to be delivered. */
  settled: Set<string>;
}

export interface Post {
  at: number;
  kind: WireKind;
  names: string[];
  taken: boolean;
}

export class Simulation {
  now = T0;
  answering: Answering = () => "taken";
  /** The consumer that serves a batch of claims … */
  consumer: () => typeof consume = () => consume;
  /** … and the objects as it sees them: of this version, where nothing else is said. */
  seenAs: (session: LeasingSession) => LeasingSession = (session) => session;
  readonly posts: Post[] = [];
  /** When Langfuse took each record, by name, the first time. */
  readonly takenAt = new Map<string, number>();
  readonly twice: string[] = [];
  /** Posts of records after the end of the lease that they were lent with, or that the isolate had settled before. */
  readonly late: string[] = [];
  readonly again: string[] = [];
  readonly #events: { at: number; run: () => void }[] = [];
  #queue: Claim[] = [];
  #batchAt: number | undefined;
  readonly #isolates: Isolate[];
  readonly #consumers: number;
  #serving = 0;
  /** How long work went on that the platform would have ended, ms. */
  readonly overstayed: number[] = [];
  readonly #projects = new Map<string, Project>();
  readonly #healths = new Map<string, StoredHealth>();
  readonly sessions = new Map<string, Session>();
  #seed: number;
  readonly logs: string[] = [];

  /** @param consumers batches of the queue that are served at once: one, outside Cloudflare */
  constructor({ isolates = 3, seed = 1, consumers = Infinity } = {}) {
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

  get health(): HealthState {
    return viewOf(this.#healthOf(PROJECT));
  }

  #healthOf(project: string): StoredHealth {
    return this.#healths.get(project) ?? EMPTY_HEALTH;
  }

  /** In so many ms. */
  after(ms: number, run: () => void): void {
    // Latest first; of those at one time, the one that was planned last.
    const at = this.now + Math.max(ms, 0);
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { at, run });
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** Moves time on by so many seconds. */
  async run(seconds: number): Promise<void> {
    const until = this.now + seconds * 1000;
    await settled();
    for (;;) {
      const next = this.#events.at(-1);
      if (next === undefined || next.at > until) break;
      this.#events.pop();
      this.now = Math.max(this.now, next.at);
      next.run();
      await settled();
    }
    this.now = until;
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

  session(id: string, project = PROJECT): Session {
    this.#projects.set(project, projectOf(project));
    const known = this.sessions.get(id) ?? new Session(id, this, project);
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
          const posting = this.#post(publicKey, kind, parts, timeoutMs);
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

  async #post(
    project: string,
    kind: WireKind,
    parts: readonly WirePart[],
    timeoutMs = POST_TIMEOUT_MS,
  ) {
    const names = parts.map((part) => {
      const text = typeof part === "string" ? part : part.text;
      const { spanId, body } = JSON.parse(text) as { spanId?: string; body?: { id: string } };
      return spanId ?? body?.id ?? "";
    });
    const asked = this.answering(names, kind, project);
    const afterMs = typeof asked === "object" ? (asked.afterMs ?? QUICK_MS) : QUICK_MS;
    const answering = afterMs > timeoutMs ? "hang" : asked;
    const taken = isTaken(answering);
    const post = { at: this.now - T0, kind, names, taken };
    this.posts.push(post);
    await this.wait(answering === "hang" ? timeoutMs : afterMs);
    if (taken) {
      for (const name of names) {
        if (this.takenAt.has(name)) this.twice.push(name);
        else this.takenAt.set(name, this.now - T0);
      }
    }
    return classify(answerOf(answering), this.now);
  }
}

function isTaken(answering: ReturnType<Answering>): boolean {
  if (typeof answering === "string") return answering === "taken";
  return answering.status === 200 && answering.body === undefined;
}

function answerOf(answering: ReturnType<Answering>): LangfuseAnswer {
  if (answering === "hang") return { failure: "timeout", detail: "no answer" };
  const { status, body = "{}", ...more } = answering === "taken" ? { status: 200 } : answering;
  return { status, contentType: "application/json", bodyText: body, cut: false, ...more };
}

/** All that goes on without waiting for moved time has been done. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A session object: the pure modules, and what its shell does with them. */
class Session implements LeasingSession {
  readonly id: string;
  readonly state: SessionState;
  readonly #known: InstanceMemory = { claimPendingUntil: 0 };
  readonly #simulation: Simulation;
  #alarm = 0;

  constructor(id: string, simulation: Simulation, project: string) {
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
