// A consumer with everything around it in memory: sessions, a Langfuse, health, the log, and a clock
// that only the test moves.
import type { BreakerState } from "../../../src/delivery/breaker.ts";
import { consume, type ConsumerDeps } from "../../../src/delivery/consumer.ts";
import type { PassesUnderWay } from "../../../src/delivery/passes-under-way.ts";
import { type LeasingSession, SETTLE_AGAIN_MS } from "../../../src/delivery/call-session.ts";
import type { HealthyState } from "../../../src/delivery/report.ts";
import { INVALID_JSON, wireBody } from "../../support/wire-body.ts";
import type { LogFields, LogLevel } from "../../../src/log.ts";
import type { News } from "../../../src/delivery/figures/figures-teller.ts";
import { applyReport, EMPTY_HEALTH, viewOf } from "../../../src/outcomes/health-state.ts";
import type { NamedReport } from "../../../src/protocol/books/ledger-calls.ts";
import type { HealthReport } from "../../../src/protocol/health-calls.ts";
import type { SealedRecord } from "../../../src/protocol/record.ts";
import type { Claim } from "../../../src/protocol/session/lease-calls.ts";
import type { Send } from "../../../src/langfuse/post.ts";
import { posterTo } from "../../../src/langfuse/poster.ts";
import { POST_TIMEOUT_MS } from "../../../src/protocol/delivery-times.ts";
import type { Project } from "../../../src/settings/index.ts";
import { MemorySession, observation } from "./memory-session.ts";

interface Posted {
  authorization: string | null;
  url: string;
  /** Names of the records, in order. */
  names: string[];
  body: string;
  at: number;
}

type Reply = (posted: Posted, count: number) => Response | Promise<Response>;

export const T0 = 1_795_380_000_000;
export const PROJECT: Project = {
  publicKey: "pk-one",
  secretKey: "sk-one",
  baseUrl: "http://one.test",
};
export const OTHER: Project = {
  publicKey: "pk-two",
  secretKey: "sk-two",
  baseUrl: "http://two.test/sub",
};
export const taken: Reply = () => Response.json({});

export class World {
  now = T0;
  reply: Reply = taken;
  readonly sessions = new Map<string, LeasingSession>();
  readonly posted: Posted[] = [];
  readonly reports: HealthReport[] = [];
  readonly told: NamedReport[] = [];
  readonly logs: { level: LogLevel; event: string; fields: LogFields }[] = [];
  readonly deferred: { objects: string[]; delaySeconds: number }[] = [];
  projects = [PROJECT, OTHER];
  readonly breaker = new Map<string, BreakerState>();
  amending: ConsumerDeps["amending"];
  readonly calm = new Map<string, HealthyState>();
  /** Of the isolate that the next consumer runs in. */
  underWay = new Map<string, PassesUnderWay>();
  /** What was told to metrics objects. */
  readonly figures: (News & { publicKey: string; label: string })[] = [];
  /** Points of Analytics Engine, by project. */
  readonly points: { project: string; turns: number }[] = [];
  #health = EMPTY_HEALTH;

  session(id: string, records: SealedRecord[]): MemorySession {
    const session = new MemorySession(records, () => this.now);
    this.sessions.set(id, session);
    return session;
  }

  consume(...claims: unknown[]): Promise<void> {
    return consume(claims, {
      projects: new Map(this.projects.map((project) => [project.publicKey, project])),
      posterTo: (project) => {
        const timing = { timeoutMs: POST_TIMEOUT_MS, now: () => this.now };
        return posterTo({ send: this.#send, project, extraHeaders: {}, ...timing });
      },
      breaker: this.breaker,
      underWay: this.underWay,
      ledger: () => ({
        take: async (reports) => {
          this.told.push(...reports);
        },
      }),
      figures: { add: (project, news) => void this.figures.push({ ...project, ...news }) },
      tellsFigures: true,
      ...(this.amending && { amending: this.amending }),
      points: () => ({
        write: (project, figures) => void this.points.push({ project, turns: figures.length }),
      }),
      // Nothing is ever late here; what is tried again is tried at once.
      wait: (ms) => (ms === SETTLE_AGAIN_MS ? Promise.resolve() : new Promise(() => {})),
      healthy: this.calm,
      defer: async (claims, delaySeconds) => {
        const objects = claims.flatMap(({ object, more = [] }) => [object, ...more]);
        this.deferred.push({ objects, delaySeconds });
      },
      now: () => this.now,
      log: (level, event, fields) => this.logs.push({ level, event, fields }),
      sessionById: (id) => {
        const session = this.sessions.get(id);
        if (session === undefined) throw new Error("no such object");
        return session;
      },
      health: () => ({
        report: async (report) => this.tellHealth(report),
        read: async () => viewOf(this.#health),
      }),
      random: () => 0.5,
    });
  }

  readonly #send: Send = async (request) => {
    const { pathname } = new URL(request.url);
    const raw = await request.bytes();
    const body = wireBody(pathname, request.headers.get("content-encoding"), raw);
    if (body === undefined) return new Response(INVALID_JSON, { status: 400 });
    const posted = {
      authorization: request.headers.get("authorization"),
      url: request.url,
      names: [...body.matchAll(/"spanId":"([^"]+)"/g)].map(([, name = ""]) => name),
      body,
      at: this.now,
    };
    this.posted.push(posted);
    return this.reply(posted, this.posted.length);
  };

  tellHealth = (report: HealthReport): ReturnType<typeof viewOf> => {
    this.reports.push(report);
    this.#health = applyReport(this.#health, report);
    return viewOf(this.#health);
  };

  logged(event: string): LogFields[] {
    return this.logs.filter((one) => one.event === event).map(({ fields }) => fields);
  }
}

export const claim = (object: string, project = PROJECT.publicKey): Claim => ({
  v: 1,
  project,
  object,
});
export const row = (session: string, count: number, size?: number): SealedRecord[] =>
  Array.from({ length: count }, (_, index) => observation(session, index + 1, size));

/** Large enough to take several leases, but cheap to post. */
export const saidToBe = (size: number, records: SealedRecord[]): SealedRecord[] =>
  records.map((record) => ({ ...record, size }));
