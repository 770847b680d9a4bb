// What the ledger is told of a lease before it is settled, and what its session then has to tell by itself: nothing,
// while all goes well.
import { describe, expect, it } from "vitest";
import { LeaseBooks, reportAfter } from "../../../../src/delivery/settling/lease-books.ts";
import { Ledger } from "../../../../src/outcomes/ledger/ledger.ts";
import { SILENT_REPORT_MS } from "../../../../src/session/bounds.ts";
import { Announcer } from "../../../../src/session/dead-letters/announcer.ts";
import { MemoryKv } from "../../outcomes/ledger/memory-kv.ts";
import type { NamedReport } from "../../../../src/protocol/books/ledger-calls.ts";
import type { Lease } from "../../../../src/protocol/session/lease-calls.ts";
import {
  isAllTold,
  needsAnnouncement,
  ownReportOf,
  reportOf,
} from "../../../../src/session/dead-letters/books.ts";
import { announced } from "../../../../src/session/dead-letters/letter-calls.ts";
import { amendRecords } from "../../../../src/session/outbox/amend-records.ts";
import { Shell } from "../../session/shell.ts";
import { span, trace, TRACE_ID } from "../../session/story.ts";
import { partOf, settlementOf } from "../../session/verdicts.ts";

const ALL = { fates: ["delivered" as const], retry: undefined, next: undefined };
const score = { kind: "score" as const, trace: TRACE_ID, id: "liked", body: "{}" };

function leased(): { shell: Shell; lease: Lease } {
  const shell = new Shell();
  shell.append(trace("create"), span("create", "a"), span("end", "a"), score, trace("end"));
  shell.now += 1_000;
  const lease = shell.lease();
  if (lease === undefined) throw new Error("something was sealed");
  return { shell, lease };
}

const toldOf = (lease: Lease, ...parts: ReturnType<typeof settlementOf>[]) =>
  parts.reduce<Lease["report"]>((report, part) => {
    if (report === undefined) throw new Error("the lease has a report");
    return reportAfter({ ...lease, report }, part);
  }, lease.report);

describe("a lease's report", () => {
  it("is told with the outcome, and leaves its session nothing to tell", async () => {
    const { shell, lease } = leased();
    expect(lease.report).toMatchObject({ figures: { accepted: 5, pending: 5 } });
    const heard: NamedReport[] = [];
    const books = new LeaseBooks(async (reports) => heard.push(...reports) > 0);
    const outcome = settlementOf(lease, ALL);
    const [told] = await books.told([{ object: "o", lease, outcome }]);
    expect(heard).toMatchObject([{ source: "o", figures: { accepted: 5, delivered: 5 } }]);
    shell.settle(lease, { ...outcome, ...told });
    for (let twice = 0; twice < 2; twice += 1) {
      expect([isAllTold(shell.state), needsAnnouncement(shell.state)]).toEqual([true, false]);
      expect(shell.state.books.told).toEqual({ accepted: 5, delivered: 5 });
      shell.restart();
    }
    expect(reportOf(shell.state)?.at).toBeGreaterThan(heard[0]?.at ?? Infinity);
  });

  it("is told of each part on top of the parts before", async () => {
    const { shell, lease } = leased();
    const heard: NamedReport[] = [];
    const books = new LeaseBooks(async (reports) => heard.push(...reports) > 0);
    const part = partOf(lease, ALL, "score");
    if (part === undefined) throw new Error("it has both kinds");
    const rest = settlementOf(part.rest, ALL);
    for (const outcome of [part.settlement, rest]) {
      const [told] = await books.told([{ object: "o", lease, outcome }]);
      shell.settle(lease, { ...outcome, ...told });
      books.settledPart(lease, outcome);
    }
    expect(heard.map(({ figures }) => figures)).toEqual([
      { accepted: 5, delivered: 1, pending: 4 },
      { accepted: 5, delivered: 5 },
    ]);
    expect(heard[1]?.at).toBeGreaterThan(heard[0]?.at ?? Infinity);
    expect(heard[1]?.figures).toEqual(toldOf(lease, part.settlement, rest)?.figures);
    expect([isAllTold(shell.state), needsAnnouncement(shell.state)]).toEqual([true, false]);
  });

  it("of which the ledger was not told is told by the session itself, and only then", async () => {
    const { shell, lease } = leased();
    const books = new LeaseBooks(async () => false);
    const outcome = settlementOf(lease, ALL);
    const [told] = await books.told([{ object: "o", lease, outcome }]);
    expect(told).toEqual({ told: false });
    shell.settle(lease, { ...outcome, told: false });
    shell.restart();
    expect([isAllTold(shell.state), needsAnnouncement(shell.state)]).toEqual([false, true]);
    shell.announce();
    shell.restart();
    expect([isAllTold(shell.state), needsAnnouncement(shell.state)]).toEqual([true, false]);
  });

  it("is one of after a hook that gave up some of the records", () => {
    const { shell, lease } = leased();
    const [first] = lease.records;
    const dropped: [number, string][] = [[first?.ordinal ?? 0, "hook:private"]];
    const amendment = { lease: lease.id, kept: [], changed: [], dropped };
    const answer = shell.again((now) => amendRecords(shell.state, amendment, now));
    const actions = first?.actions ?? 0;
    expect(answer.report?.figures).toEqual({
      accepted: 5,
      "dropped:hook:private": actions,
      pending: 5 - actions,
    });
  });

  it("counts a record that sampling left out as that, and one that is refused as dead", () => {
    const { lease } = leased();
    const [first, second, ...more] = lease.records;
    if (first === undefined || second === undefined) throw new Error("it has several records");
    const records = [{ ...first, sampledOut: true as const }, second, ...more];
    const verdict = { ordinal: second.ordinal, reason: "refused", message: "no" };
    const outcome = { delivered: [first.ordinal], dead: [verdict] };
    expect(reportAfter({ ...lease, records }, outcome)?.figures).toEqual({
      accepted: 5,
      "dropped:sampled": first.actions,
      dead: second.actions,
      pending: 5 - first.actions - second.actions,
    });
  });

  it("that an object of an earlier version does not give is not told before", async () => {
    const { lease } = leased();
    const { report: _none, ...old } = lease;
    const books = new LeaseBooks(async (reports) => reports.length === 0);
    const outcome = settlementOf(old, ALL);
    expect(await books.told([{ object: "o", lease: old, outcome }])).toEqual([{}]);
  });
});

it("a report of the object that overtook its lease's is followed by another", () => {
  const { shell, lease } = leased();
  const report = ownReportOf(shell.state);
  if (report === undefined) throw new Error("it has something to report");
  // The ledger has this one, which is later by its time; its answer is on its way while the lease is settled.
  const outcome = settlementOf(lease, ALL);
  const told = reportAfter(lease, outcome);
  shell.settle(lease, { ...outcome, ...(told && { told }) });
  expect(isAllTold(shell.state)).toBe(true);
  const { letters } = shell.state.books;
  shell.again((now) => announced(shell.state, letters, report, now));
  for (let twice = 0; twice < 2; twice += 1) {
    expect([isAllTold(shell.state), needsAnnouncement(shell.state)]).toEqual([false, true]);
    shell.restart();
  }
  shell.announce();
  expect([isAllTold(shell.state), needsAnnouncement(shell.state)]).toEqual([true, false]);
});

it("what a silent session reports of itself does not overtake what a consumer tells of its lease", async () => {
  const shell = new Shell();
  shell.append(trace("create"), span("create", "a"), span("end", "a"), trace("end"));
  const ledger = new Ledger(new MemoryKv(), () => shell.now);
  const { memory } = shell;
  const announcer = new Announcer({
    object: "o",
    ledger: () => ledger,
    memory,
    state: () => shell.state,
    announced: () => {},
    now: () => shell.now,
  });
  const pending = async () => (await ledger.books({})).totals["pending"] ?? 0;
  shell.now += SILENT_REPORT_MS;
  const lease = shell.lease();
  if (lease === undefined) throw new Error("something was sealed");
  // The alarm rings while the records are out.
  shell.now += 2_000;
  shell.alarm();
  await announcer.report(SILENT_REPORT_MS);
  const books = new LeaseBooks(async (reports) => {
    await ledger.take(reports);
    return true;
  });
  const outcome = settlementOf(lease, ALL);
  const [told] = await books.told([{ object: "o", lease, outcome }]);
  shell.settle(lease, { ...outcome, ...told });
  expect([isAllTold(shell.state), await pending()]).toEqual([true, 0]);
});
