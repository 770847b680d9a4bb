// Journals that outlive what wrote them: other bounds, other settings, another fold, another seal.
import { afterEach, describe, expect, it, vi } from "vitest";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import type * as Draft from "../../../../src/session/assembly/draft.ts";
import type * as Deadlines from "../../../../src/session/deadlines/trace-deadlines.ts";
import { JournalStore } from "../../../../src/session/journal/journal-store.ts";
import { settleLease } from "../../../../src/session/outbox/lease-records.ts";
import { FORMAT_VERSION } from "../../../../src/session/journal/migrations.ts";
import { rebuild } from "../../../../src/session/journal/rebuild.ts";
import { Journal } from "../../../../src/session/journal/journal.ts";
import { NOW } from "../arbitrary.ts";
import { GOLDEN_RULES, goldenJournal } from "./golden-journal.ts";
import released01 from "./first-release-golden.json" with { type: "json" };
import golden from "./journal-golden.json" with { type: "json" };
import { Shell } from "../shell.ts";
import { span, trace } from "../story.ts";
import { DAY, SETTINGS } from "../support.ts";

const turn = [trace("create"), span("create", "a"), span("end", "a"), trace("end")];
const linesOf = (shell: Shell): string[] => new Journal(shell.storage).read();

/** A turn that was withReservation; what it is sent with. */
function withReservation(rules = SETTINGS): Shell {
  const shell = new Shell(rules);
  // Something open beside it, so that the journal is not rewritten when the turn is delivered.
  shell.append({ ...span("create", "open"), trace: "f".repeat(32) });
  shell.append(...turn);
  shell.now += 1_500;
  return shell;
}

describe("a leased record", () => {
  it("is fixed for good, also for an instance whose clock is behind", () => {
    const shell = withReservation();
    const lease = shell.lease();
    expect(lease?.records).toHaveLength(2);
    // An eviction, a clock 1.5 s behind, and a straggler that would have been in time by it.
    shell.restart();
    shell.now -= 1_500;
    shell.append(span("update", "a", { fields: { output: "too late" } }));
    shell.deliver();
    shell.deliver();
    expect(shell.state.counts.delivered).toBe(5);
    expect([...shell.posted.values()].join()).toContain("late-update");
  });
});

describe("a journal", () => {
  afterEach(() => {
    vi.doUnmock("../../../../src/session/deadlines/trace-deadlines.ts");
    vi.doUnmock("../../../../src/session/assembly/draft.ts");
    vi.resetModules();
  });

  it("that was settled under a shorter grace sends nothing again under a longer one", () => {
    const shell = withReservation({ ...SETTINGS, graceMs: 500 });
    const lease = shell.lease();
    if (lease === undefined) throw new Error("nothing was withReservation");
    shell.settle(lease);
    const longer = { ...SETTINGS, graceMs: 3_000 };
    const state = rebuild(linesOf(shell), longer);
    expect(state).toEqual(shell.state);
    expect(state.settings.graceMs).toBe(500);
    advance(state, NOW + DAY / 2);
    expect(state.outbox.map(({ ordinal }) => ordinal)).toEqual([1]);
  });

  it("is read by rules of its own, whichever is crossed: the golden one stays as it was", () => {
    let unknown = 0;
    const state = rebuild(golden.lines, SETTINGS, (records) => (unknown = records));
    expect([unknown, state.settings]).toEqual([0, GOLDEN_RULES]);
    expect(JSON.stringify(state.outbox)).toBe(JSON.stringify(golden.outbox));
    expect(state.counts).toMatchObject(golden.counts);
    const fromSnapshot = rebuild([golden.snapshot], SETTINGS);
    expect({ ...fromSnapshot, t: state.t }).toEqual(state);
    // The first release's snapshot of the same story says the same, but for the books that it did not keep.
    const { books, ...released } = rebuild([released01.snapshot], SETTINGS);
    expect(books).toEqual({ born: released.t, letters: 1, changedAt: released.t, announced: 0 });
    expect({ ...released, t: state.t, books: state.books }).toEqual(state);
    // This version writes the same of the same story, or the format has a new version.
    expect(JSON.parse(JSON.stringify(goldenJournal()))).toEqual(golden);
  });

  it("sends nothing again that was settled, whatever is due when by now", async () => {
    for (const laterMs of [-400, 60_000]) {
      const shell = withReservation();
      shell.settle(shell.lease() ?? never());
      shell.append(span("update", "a", { fields: { output: "late" } }));
      vi.resetModules();
      vi.doMock("../../../../src/session/deadlines/trace-deadlines.ts", async (original) => {
        const deadlines = await original<typeof Deadlines>();
        const traceDeadlines: typeof deadlines.traceDeadlines = (...args) =>
          Object.fromEntries(
            Object.entries(deadlines.traceDeadlines(...args)).map(([part, at]) => [
              part,
              Number(at) + laterMs,
            ]),
          );
        return { ...deadlines, traceDeadlines };
      });
      await expectOnlyLate(linesOf(shell));
    }
  });

  it("sends nothing again that was settled, whatever completes an observation by now", async () => {
    const shell = withReservation();
    shell.settle(shell.lease() ?? never());
    shell.append(span("update", "a", { fields: { output: "late" } }));
    vi.resetModules();
    vi.doMock("../../../../src/session/assembly/draft.ts", async (original) => {
      const draft = await original<typeof Draft>();
      return { ...draft, phaseOf: () => "open" };
    });
    await expectOnlyLate(linesOf(shell));
  });

  it("knows a delivery without a lease entry, though by now nothing would be sealed", async () => {
    const shell = withReservation();
    const lease = shell.lease() ?? never();
    const lines = linesOf(shell);
    expect(lines.join()).not.toContain('"lease"');
    const { rebuild: again } = await import("../../../../src/session/journal/rebuild.ts");
    // The rules of a version that waits longer.
    const state = again(lines, SETTINGS);
    state.settings = { ...state.settings, graceMs: 60_000 };
    const delivered = lease.records.map(({ ordinal }) => ordinal);
    const settlement = { lease: lease.id, delivered, dead: [] };
    const { entries } = settleLease(
      state,
      { claimPendingUntil: 0 },
      settlement,
      { alone: [] },
      shell.now,
    );
    expect(entries.at(-1)).toMatchObject({ k: "settle", settle: { delivered } });
    expect(state.counts).toMatchObject({ delivered: 4, unknown: 0 });
    expect([state.outbox, state.openTraces.size]).toEqual([[], 1]);
  });

  it("counts what is settled and unknown, and says what a replay does not find", () => {
    const shell = withReservation();
    const lease = shell.lease() ?? never();
    shell.settle(lease, { delivered: [...lease.records.map(({ ordinal }) => ordinal), 99] });
    expect(shell.state.counts.unknown).toBe(1);
    // Nothing new to whoever loads it.
    shell.restart();
    expect(shell.state.counts.unknown).toBe(1);
    shell.storage.kv.put(
      "journal/00000000",
      `${FORMAT_VERSION}\n${linesOf(shell).slice(2).join("\n")}\n`,
    );
    const { report } = new JournalStore(shell.storage).load(SETTINGS, shell.now);
    expect(report.unknown).toBeGreaterThan(0);
  });
});

async function expectOnlyLate(lines: string[]): Promise<void> {
  const replay = await import("../../../../src/session/journal/rebuild.ts");
  const time = await import("../../../../src/session/deadlines/advance.ts");
  let unknown = 0;
  const state = replay.rebuild(lines, SETTINGS, (records) => (unknown = records));
  expect(unknown).toBe(0);
  time.advance(state, NOW + DAY / 2);
  const names = state.outbox.map((record) => (record.kind === "observation" ? record.name : ""));
  expect(new Set(names)).toEqual(new Set(["late-update", "span"]));
  expect(names).toHaveLength(2);
  expect(state.counts.delivered).toBe(4);
}

function never(): never {
  throw new Error("nothing was withReservation");
}
