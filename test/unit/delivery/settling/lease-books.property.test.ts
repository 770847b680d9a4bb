// Sessions, consumers and the project's ledger, any of which fails at any moment: a consumer dies before or after the
// ledger was told, the ledger is down or its answer is lost, a session's settlement is told twice or never, its
// instance ends, its storage fails. Once all are well and quiet, the ledger has what the sessions have.
import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { LeaseBooks } from "../../../../src/delivery/settling/lease-books.ts";
import { Ledger } from "../../../../src/outcomes/ledger/ledger.ts";
import { addFigures, balanceOf, type Figures } from "../../../../src/protocol/books/figures.ts";
import type { DeadLetterList, SourceReport } from "../../../../src/protocol/books/ledger-calls.ts";
import type { Lease } from "../../../../src/protocol/session/lease-calls.ts";
import type { Settlement } from "../../../../src/protocol/session/settle-calls.ts";
import { Announcer } from "../../../../src/session/dead-letters/announcer.ts";
import { reportOf } from "../../../../src/session/dead-letters/books.ts";
import { announced } from "../../../../src/session/dead-letters/letter-calls.ts";
import { MEMORY_MS } from "../../../../src/session/bounds.ts";
import { isDrained } from "../../../../src/session/state.ts";
import { runs } from "../../../support/runs.ts";
import { MemoryKv } from "../../outcomes/ledger/memory-kv.ts";
import { NOW, sessionArb } from "../../session/arbitrary.ts";
import { Shell } from "../../session/shell.ts";
import { SETTINGS } from "../../session/support.ts";
import { partArb, partOf, settlementOf, type Verdict, verdictArb } from "../../session/verdicts.ts";

/** How a settlement goes. */
const HOWS = [
  "well",
  "well",
  "well",
  "dies before the ledger is told",
  "dies before the session is told",
  "the ledger is down",
  "the ledger's answer is lost",
  "the session's answer is lost",
] as const;
type How = (typeof HOWS)[number];

const SESSIONS = 2;
const which = fc.nat(SESSIONS - 1);
const how = fc.constantFrom(...HOWS);
const stepArb = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      which,
      count: fc.integer({ min: 1, max: 4 }),
      deliver: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.oneof(fc.nat(2), fc.nat(900), fc.nat(90_000)),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("lease" as const),
      which,
      bytes: fc.constantFrom(1, 2_000, 1_000_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      index: fc.nat(3),
      verdict: verdictArb,
      how,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("part" as const),
      index: fc.nat(3),
      verdict: verdictArb,
      known: partArb,
      how,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("fail" as const),
      which,
      after: fc.integer({ min: 1, max: 3 }),
    }),
  },
  // Its alarm rings, or it takes another step: what it has to tell is told, if the ledger is well.
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("tell" as const), which, down: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cold ledger" as const) }) },
);

class Project {
  readonly #storage = new MemoryKv();
  #down: How | undefined;
  ledger = new Ledger(this.#storage, () => this.now);
  now = NOW;
  readonly sessions = Array.from({ length: SESSIONS }, () => {
    const shell = new Shell({ ...SETTINGS, flushAt: 4 });
    return { shell, announcer: this.#announcer(shell, `object-${shell.now}`) };
  });
  readonly held: { which: number; lease: Lease; books: LeaseBooks }[] = [];
  /** Calls that sessions made by themselves. */
  own = 0;

  restart(): void {
    this.ledger = new Ledger(this.#storage, () => this.now);
  }

  shell(index: number): Shell {
    const { shell } = this.sessions[index] ?? {};
    if (shell === undefined) throw new Error("no such session");
    shell.now = Math.max(shell.now, this.now);
    return shell;
  }

  #announcer(shell: Shell, object: string): Announcer {
    return new Announcer({
      object: object + String(Math.random()),
      ledger: () => ({
        take: async (reports) => {
          if (this.#down === "the ledger is down") throw new Error("down");
          await this.ledger.take(reports.map((one) => ({ ...one, source: this.#nameOf(shell) })));
        },
        announce: async (list: DeadLetterList, report: SourceReport) => {
          this.own += 1;
          if (this.#down === "the ledger is down") throw new Error("down");
          return this.ledger.announce({ ...list, object: this.#nameOf(shell) }, report);
        },
      }),
      memory: shell.memory,
      state: () => shell.state,
      announced: (letters, report) =>
        void shell.again((now) => announced(shell.state, letters, report, now)),
      now: () => shell.now,
    });
  }

  #nameOf(shell: Shell): string {
    return `object-${this.sessions.findIndex((one) => one.shell === shell)}`;
  }

  lease(index: number, bytes: number): void {
    const lease = this.shell(index).lease(bytes);
    if (lease !== undefined) this.#hold(index, lease);
  }

  #hold(index: number, lease: Lease): void {
    const books = new LeaseBooks(async (reports) => {
      if (this.#down === "the ledger is down") return false;
      await this.ledger.take(structuredClone(reports));
      return this.#down !== "the ledger's answer is lost";
    });
    this.held.push({ which: index, lease: structuredClone(lease), books });
  }

  /** True where the consumer goes on. */
  async settle(
    { which: index, lease, books }: Project["held"][number],
    settlement: Settlement,
    going: How,
  ): Promise<boolean> {
    if (going === "dies before the ledger is told") return false;
    this.#down = going;
    const told = await books.told([{ object: `object-${index}`, lease, outcome: settlement }]);
    this.#down = undefined;
    if (going === "dies before the session is told") return false;
    const shell = this.shell(index);
    const times = going === "the session's answer is lost" ? 2 : 1;
    const { next: _next, ...its } = settlement;
    for (let time = 0; time < times; time += 1) shell.settle(lease, { ...its, ...told[0] });
    if (settlement.keeps !== undefined) books.settledPart(lease, settlement);
    return true;
  }

  async tell(index: number, down: boolean): Promise<void> {
    this.#down = down ? "the ledger is down" : undefined;
    await this.reportSilence(index);
    await this.sessions[index]?.announcer.announceNow();
    this.#down = undefined;
  }

  /** The alarm of a session that holds something, for long: perhaps while a consumer has it. */
  async reportSilence(index: number): Promise<void> {
    const { state } = this.shell(index);
    state.t = Math.max(state.t, this.now);
    if (!isDrained(state)) await this.sessions[index]?.announcer.report(0);
  }

  crash(index: number): void {
    const shell = this.shell(index);
    shell.restart();
    const one = this.sessions[index];
    if (one !== undefined) one.announcer = this.#announcer(shell, "again");
  }

  /** Nothing new comes, and Langfuse takes all; the ledger and the consumers fail as before, until all is delivered. */
  async end(hows: () => How): Promise<void> {
    const all: Verdict = { fates: ["delivered"], retry: undefined, next: undefined };
    this.now += MEMORY_MS / 2;
    for (let index = 0; index < SESSIONS; index += 1) {
      for (let round = 0; round < 200; round += 1) {
        this.lease(index, round % 2 === 0 ? 2_000 : 1_000_000);
        this.now += 10;
        await this.reportSilence(index);
        const [one] = this.held.splice(round % Math.max(1, this.held.length), 1);
        if (one !== undefined) await this.settle(one, settlementOf(one.lease, all), hows());
        else if (this.shell(index).state.outbox.length === 0) break;
        if (round % 3 === 0) this.now += 150_000;
      }
      await this.tell(index, false);
    }
  }
}

const sumOf = (project: Project): Figures =>
  project.sessions.reduce<Figures>(
    (sum, { shell }) => addFigures(sum, reportOf(shell.state)?.figures ?? {}),
    {},
  );

it("agree with the sessions in the end, whoever dies when", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await fc.assert(
    fc.asyncProperty(
      fc.array(sessionArb, { minLength: SESSIONS, maxLength: SESSIONS }),
      fc.array(stepArb, { minLength: 10, maxLength: 80 }),
      fc.infiniteStream(how),
      async (sent, steps, hows) => {
        const project = new Project();
        const queues = sent.map((one) => one.map(({ action }) => action.change));
        for (const step of steps) {
          if (step.do === "send") {
            const some = queues[step.which]?.splice(0, step.count) ?? [];
            project.shell(step.which).send(some, { deliver: step.deliver });
          } else if (step.do === "wait") project.now += step.ms;
          else if (step.do === "lease") project.lease(step.which, step.bytes);
          else if (step.do === "crash") project.crash(step.which);
          else if (step.do === "cold ledger") project.restart();
          else if (step.do === "tell") await project.tell(step.which, step.down);
          else if (step.do === "fail") {
            const { storage } = project.shell(step.which);
            storage.failsAt = storage.writes + step.after;
          } else {
            const { held } = project;
            const index = step.index % Math.max(1, held.length);
            const one = held[index];
            if (one === undefined) continue;
            if (step.do === "settle") {
              held.splice(index, 1);
              await project.settle(one, settlementOf(one.lease, step.verdict), step.how);
            } else {
              const part = partOf(one.lease, step.verdict, step.known);
              if (part === undefined) continue;
              if (await project.settle(one, part.settlement, step.how)) {
                // The consumer knows the whole lease still: its records, and what is told of them.
                Object.assign(one, { lease: Object.assign(one.lease, part.rest) });
              } else held.splice(index, 1);
            }
          }
        }
        await project.end(() => hows.next().value ?? "well");
        for (const { shell } of project.sessions) expect(shell.state.outbox).toHaveLength(0);
        const { totals } = await project.ledger.books({});
        expect(totals).toEqual(sumOf(project));
        expect(totals["pending"]).toBeUndefined();
        expect(balanceOf(totals)).toBe(0);
        const accepted = project.sessions.reduce((sum, { shell }) => sum + shell.accepted, 0);
        expect(totals["accepted"] ?? 0).toBe(accepted);
      },
    ),
    { numRuns: runs(600) },
  );
});
