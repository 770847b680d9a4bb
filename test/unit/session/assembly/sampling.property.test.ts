// SAMPLING over any session: one decision for each whole trace, whatever came in what order, and the same from the
// journal.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SamplingRule } from "../../../../src/protocol/sampling/rule.ts";
import type { SealedRecord } from "../../../../src/protocol/record.ts";
import type { Rules } from "../../../../src/session/assembly/rules.ts";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { applyEntry, type Entry } from "../../../../src/session/journal/entries.ts";
import { rebuild, snapshotLine } from "../../../../src/session/journal/rebuild.ts";
import type { SessionState } from "../../../../src/session/state.ts";
import { runs } from "../../../support/runs.ts";
import { NOW, sessionArb, shuffledArb } from "../arbitrary.ts";
import { recount } from "../recount.ts";
import { arrival, assemble, DAY, facts, fresh, journalled, SETTINGS } from "../support.ts";

const ruleArb: fc.Arbitrary<SamplingRule> = fc.oneof(
  fc.constantFrom<SamplingRule>(
    { failed: true },
    { scored: true },
    { tool: true },
    { slowerThanMs: 500 },
    { failed: true, share: 0.4 },
    { tool: true, share: 0 },
  ),
);
/** Of the generated traces' ids some are within each of these shares, and some are not. */
const rulesArb = fc
  .record({
    rules: fc.array(ruleArb, { maxLength: 3 }),
    share: fc.constantFrom(0, 0.2, 0.5, 0.8),
    scoreWaitSeconds: fc.constantFrom(undefined, 30, 600),
  })
  .map(({ rules, share, scoreWaitSeconds }): Rules => ({
    ...SETTINGS,
    sampling: { rules, share, ...(scoreWaitSeconds !== undefined && { scoreWaitSeconds }) },
  }));
const timedArb = fc.tuple(rulesArb, sessionArb).chain(([rules, sent]) =>
  fc.record({
    rules: fc.constant(rules),
    sent: fc.constant(sent),
    waits: fc.array(fc.integer({ min: 0, max: 90_000 }), {
      minLength: sent.length,
      maxLength: sent.length,
    }),
  }),
);
const traceOf = (record: SealedRecord): string =>
  record.kind === "observation" ? record.traceId : "";
const end = (state: SessionState): SessionState => {
  advance(state, state.t + DAY / 2);
  return state;
};

describe("sampling", () => {
  it("decides the same in any order and with any repetition", () => {
    const pairArb = sessionArb.chain((sent) => fc.tuple(fc.constant(sent), shuffledArb(sent)));
    fc.assert(
      fc.property(rulesArb, pairArb, (rules, [sent, shuffled]) => {
        expect(facts(assemble(shuffled, rules).outbox)).toEqual(
          facts(assemble(sent, rules).outbox),
        );
      }),
      { numRuns: runs(300) },
    );
  });

  it("decides once for each trace, and loses no action", () => {
    fc.assert(
      fc.property(timedArb, ({ rules, sent, waits }) => {
        const state = fresh(rules);
        let t = NOW;
        sent.forEach((one, index) => {
          t += waits[index] ?? 0;
          applyEntry(state, arrival(one, t));
          recount(state);
        });
        end(state);
        const actions = state.outbox.reduce((sum, record) => sum + record.actions, 0);
        expect(actions).toBe(sent.length);
        const observations = state.outbox.filter(({ kind }) => kind === "observation");
        const byTrace = Map.groupBy(observations, traceOf);
        for (const records of byTrace.values()) {
          expect(new Set(records.map(({ sampledOut }) => sampledOut)).size).toBe(1);
        }
        for (const record of state.outbox) {
          if (record.sampledOut !== true || !("fields" in record)) continue;
          expect([record.fields.input, record.fields.output]).toEqual([undefined, undefined]);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it("keeps all where everything has a share of 1, as without it", () => {
    fc.assert(
      fc.property(sessionArb, (sent) => {
        const rules = { ...SETTINGS, sampling: { rules: [], share: 1 } };
        expect(facts(assemble(sent, rules).outbox)).toEqual(facts(assemble(sent).outbox));
      }),
      { numRuns: runs(100) },
    );
  });

  it("does not depend on when anybody looks", () => {
    fc.assert(
      fc.property(timedArb, fc.array(fc.nat(60_000), { maxLength: 30 }), (given, looks) => {
        const { rules, sent, waits } = given;
        const [quiet, watched] = [fresh(rules), fresh(rules)];
        let t = NOW;
        sent.forEach((one, index) => {
          const from = t;
          t += waits[index] ?? 0;
          for (const look of looks) advance(watched, Math.min(t, from + look));
          applyEntry(quiet, arrival(one, t));
          applyEntry(watched, arrival(one, t));
        });
        for (const look of looks) advance(watched, t + look);
        advance(quiet, t + DAY / 2);
        advance(watched, t + DAY / 2);
        expect(watched).toEqual(quiet);
      }),
      { numRuns: runs(200) },
    );
  });

  it("is read from the journal as it was decided, whatever the rules are by then", () => {
    fc.assert(
      fc.property(timedArb, rulesArb, fc.nat(), ({ rules, sent, waits }, later, cut) => {
        const state = fresh(rules);
        let lines: string[] = [];
        let t = NOW;
        const write = (entry: Entry): void => journalled(state, lines, entry);
        write({ k: "settings", t, project: "pk-test", settings: rules });
        sent.forEach((one, index) => {
          t += waits[index] ?? 0;
          write(arrival(one, t));
          if (index === cut % sent.length) lines = [snapshotLine(state)];
        });
        const cold = rebuild(lines, later);
        expect(facts(cold.outbox)).toEqual(facts(state.outbox));
        expect(facts(end(cold).outbox)).toEqual(facts(end(state).outbox));
      }),
      { numRuns: runs(200) },
    );
  });
});
