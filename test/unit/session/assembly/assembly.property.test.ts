import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isObservationRecord } from "../../../../src/protocol/record.ts";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { applyEntry, type Entry } from "../../../../src/session/journal/entries.ts";
import { rebuild, snapshotLine } from "../../../../src/session/journal/rebuild.ts";
import { pendingOf } from "../../../../src/session/state.ts";
import { NOW, sessionArb, shuffledArb } from "../arbitrary.ts";
import { recount } from "../recount.ts";
import { arrival, assemble, DAY, facts, fresh, journalled, SETTINGS } from "../support.ts";
import { runs } from "../../../support/runs.ts";

const pairArb = sessionArb.chain((sent) => fc.tuple(fc.constant(sent), shuffledArb(sent)));
/** The same session, spread over time: requests at any moment, alarms or none between them. */
const timedArb = sessionArb.chain((sent) =>
  fc.tuple(
    fc.constant(sent),
    fc.array(fc.integer({ min: 0, max: 90_000 }), {
      minLength: sent.length,
      maxLength: sent.length,
    }),
  ),
);

describe("assembly", () => {
  it("makes the same records of any order and any repetition", () => {
    fc.assert(
      fc.property(pairArb, ([sent, shuffled]) => {
        expect(facts(assemble(shuffled).outbox)).toEqual(facts(assemble(sent).outbox));
      }),
      { numRuns: runs(300) },
    );
  });

  it("represents every accepted action in exactly one record", () => {
    fc.assert(
      fc.property(timedArb, ([sent, waits]) => {
        const state = fresh();
        let t = NOW;
        sent.forEach((one, index) => {
          t += waits[index] ?? 0;
          applyEntry(state, arrival(one, t));
          recount(state);
        });
        advance(state, t + DAY / 2);
        const represented = state.outbox.reduce((sum, record) => sum + record.actions, 0);
        expect(represented).toBe(sent.length);
        expect(state.counts.accepted).toBe(sent.length);
        expect(pendingOf(state)).toBe(state.outbox.length);
        expect(state.openTraces.size).toBe(0);
      }),
      { numRuns: runs(300) },
    );
  });

  it("seals no observation twice, and none whose create was not seen", () => {
    fc.assert(
      fc.property(timedArb, ([sent, waits]) => {
        const state = fresh();
        let t = NOW;
        const created = new Set<string>();
        sent.forEach((one, index) => {
          t += waits[index] ?? 0;
          const { change } = one.action;
          if (change.kind === "change" && change.op === "create") {
            created.add(`${change.trace}/${change.target}`);
          }
          applyEntry(state, arrival(one, t));
          recount(state);
        });
        advance(state, t + DAY / 2);
        const written = state.outbox.flatMap((record) =>
          record.kind === "observation" ? [`${record.traceId}/${record.id}`] : [],
        );
        expect(new Set(written).size).toBe(written.length);
        for (const record of state.outbox) {
          if (!isObservationRecord(record) || record.name === "late-update") continue;
          expect(created).toContain(`${record.traceId}/${record.id}`);
          expect(record.endTime).toBeGreaterThanOrEqual(record.startTime);
        }
        const roots = state.outbox.filter(isObservationRecord).filter((r) => r.root === true);
        const traces = new Set(roots.map((r) => r.traceId));
        expect(traces.size).toBe(roots.length);
      }),
      { numRuns: runs(300) },
    );
  });

  it("does not depend on when anybody looks: alarms early, late, often or never", () => {
    fc.assert(
      fc.property(timedArb, fc.array(fc.nat(60_000), { maxLength: 30 }), ([sent, waits], looks) => {
        const quiet = fresh();
        const watched = fresh();
        let t = NOW;
        sent.forEach((one, index) => {
          const from = t;
          t += waits[index] ?? 0;
          for (const look of looks) advance(watched, Math.min(t, from + look));
          applyEntry(quiet, arrival(one, t));
          applyEntry(watched, arrival(one, t));
          recount(watched);
        });
        for (const look of looks) advance(watched, t + look);
        advance(quiet, t + DAY / 2);
        advance(watched, t + DAY / 2);
        expect(watched).toEqual(quiet);
      }),
      { numRuns: runs(200) },
    );
  });

  it("is rebuilt from its journal, cut and compacted anywhere, as it was", () => {
    fc.assert(
      fc.property(timedArb, fc.nat(), fc.nat(), ([sent, waits], cut, lease) => {
        let state = fresh();
        let lines: string[] = [];
        let t = NOW;
        const write = (entry: Entry): void => {
          journalled(state, lines, entry);
        };
        write({ k: "settings", t, project: "pk-test", settings: SETTINGS });
        sent.forEach((one, index) => {
          t += waits[index] ?? 0;
          write(arrival(one, t));
          if (index === cut % sent.length) lines = [snapshotLine(state)];
          const last = state.outbox.at(-1);
          if (index === lease % sent.length && last !== undefined) {
            write({ k: "lease", t, upTo: last.seq });
            write({
              k: "settle",
              t,
              settle: { lease: state.leases, delivered: [last.ordinal], dead: [] },
            });
          }
          expect(rebuild(lines, SETTINGS)).toEqual(state);
          recount(state);
        });
        state = rebuild(lines, SETTINGS);
        advance(state, t + DAY / 2);
        const counted = state.outbox.reduce((sum, record) => sum + record.actions, 0);
        expect(counted + state.counts.delivered).toBe(state.counts.accepted);
      }),
      { numRuns: runs(100) },
    );
  });
});
