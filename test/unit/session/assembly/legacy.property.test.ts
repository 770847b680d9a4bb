// Events of legacy clients in any order, again and again, beside actions: the same observations. And whenever the
// object is evicted, it goes on as if it had not been.
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Action, Change, ScoreChange } from "../../../../src/protocol/change.ts";
import {
  langfuseObservationId,
  langfuseTraceId,
  rootObservationId,
  traceRecordId,
} from "../../../../src/protocol/ids.ts";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { applyEntry, type Entry } from "../../../../src/session/journal/entries.ts";
import { rebuild, snapshotLine } from "../../../../src/session/journal/rebuild.ts";
import { laneRulesOf } from "../../../../src/session/assembly/rules.ts";
import { runs } from "../../../support/runs.ts";
import { NOW } from "../arbitrary.ts";
import { recount } from "../recount.ts";
import { DAY, facts, fresh, journalled, SETTINGS } from "../support.ts";

const TRACES = ["a", "b", "c"].map((raw) => ({ raw, id: langfuseTraceId(raw) }));
const objects = fc.constantFrom('{"x":1}', '{"x":{"y":2}}', '{"x":{"z":3},"w":[1]}', "text", '"{"');

const changeArb = fc
  .record({
    trace: fc.nat(2),
    target: fc.nat(3),
    op: fc.constantFrom("create", "update" as const),
    type: fc.constantFrom("span", "event", "generation" as const),
    parent: fc.option(fc.nat(3), { nil: undefined }),
    own: fc.boolean(),
    joined: fc.boolean(),
    start: fc.nat(1000),
    end: fc.option(fc.nat(2000), { nil: undefined }),
    output: fc.option(fc.constantFrom("x", "0"), { nil: undefined }),
    name: fc.option(fc.constantFrom("n", "m"), { nil: undefined }),
    metadata: fc.option(objects, { nil: undefined }),
  })
  .map(({ trace: n, target, op, start, end, output, name, metadata, ...more }): Change => {
    const { raw, id: trace } = TRACES[n] ?? { raw: "", id: "" };
    const isTop = target === 0;
    const legacy = !more.own;
    const idOf = (nth: number): string => langfuseObservationId(trace, `o${nth}`);
    const fields = {
      ...((op === "create" || start % 2 === 0) && { startTime: NOW + start }),
      ...(end !== undefined && !isTop && more.type !== "event" && { endTime: NOW + end }),
      ...(output !== undefined && { output }),
      ...(name !== undefined && { name }),
    };
    return {
      kind: "change",
      op,
      trace,
      rawTrace: raw,
      target: isTop ? (legacy ? traceRecordId(trace) : rootObservationId(trace)) : idOf(target),
      ...(isTop ? { root: true as const } : op === "create" && { type: more.type }),
      ...(legacy && { legacy }),
      // Of one trace, all of its server's events are joined, or none.
      ...(legacy && n === 1 && { joined: true as const }),
      ...(legacy && n === 2 && { apart: true as const }),
      ...(legacy && output === "0" && { weak: ["output" as const] }),
      ...(!isTop && more.parent !== undefined && { parent: idOf(more.parent) }),
      fields,
      ...(name !== undefined && isTop && { traceFields: { name } }),
      ...(metadata !== undefined && { metadata: [["m", metadata]] }),
    };
  });

const scoreArb = fc.nat(2).map((n): ScoreChange => ({
  kind: "score",
  trace: TRACES[n]?.id ?? "",
  id: `score-${n}`,
  body: `{"id":"score-${n}"}`,
  legacy: true,
}));

/** Each with an id and a moment of its own: no two are equally late. */
const actionsArb = fc
  .array(fc.oneof({ weight: 12, arbitrary: changeArb }, { weight: 1, arbitrary: scoreArb }), {
    minLength: 1,
    maxLength: 24,
  })
  .map((changes) => changes.map((change, n): Action => ({ id: `e${n}`, at: NOW + n, change })));

const entryOf = (actions: Action[], t: number): Entry => ({
  k: "append",
  t,
  arrival: { writer: "server", actions },
});

const HALF = { rules: [{ slowerThanMs: 1_000 }, { scored: true as const }], share: 0.4 };

it.each([
  ["", SETTINGS, 200],
  [", or the same left out", { ...SETTINGS, sampling: HALF }, 100],
])(
  "any order and any repetition of the same events gives the same observations%s",
  (_, rules, count) => {
    const shuffled = actionsArb.chain((actions) =>
      fc.tuple(
        fc.constant(actions),
        fc.shuffledSubarray(actions, { minLength: actions.length, maxLength: actions.length }),
        fc.subarray(actions),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([actions, order, repeats]) => {
        const assembled = [actions, [...order, ...repeats]].map((its) => {
          const state = fresh(rules);
          for (const action of its) {
            applyEntry(state, entryOf([action], NOW + 5_000));
            recount(state);
          }
          advance(state, NOW + DAY / 2);
          recount(state);
          expect(state.openTraces.size).toBe(0);
          return state.outbox;
        });
        expect(facts(assembled[1] ?? [])).toEqual(facts(assembled[0] ?? []));
        const roots = (assembled[0] ?? []).filter(
          (one) => one.kind === "observation" && "root" in one && one.root,
        );
        expect(new Set(roots.map((one) => one.id)).size).toBe(roots.length);
      }),
      { numRuns: runs(count) },
    );
  },
);

const steps = fc.array(fc.tuple(actionsArb, fc.integer({ min: 0, max: 90_000 })), { maxLength: 6 });

it.each([
  ["a session", SETTINGS],
  ["a lane", laneRulesOf({ ...SETTINGS, flushIntervalMs: 5_000 })],
])("of %s, what its journal says is what it was", (_, rules) => {
  fc.assert(
    fc.property(steps, (stories) => {
      const state = { ...fresh(rules), project: "" };
      const lines: string[] = [];
      let t = NOW;
      for (const [nth, [actions, waitMs]] of stories.entries()) {
        t += waitMs;
        const its = actions.map((action): Action => ({ ...action, id: `${nth}/${action.id}` }));
        journalled(state, lines, entryOf(its, t));
        recount(state);
        const again = rebuild(lines, rules);
        expect(again).toEqual(state);
        expect(rebuild([snapshotLine(again)], rules)).toEqual(state);
      }
      const again = rebuild(lines, rules);
      for (const one of [state, again]) advance(one, t + DAY / 2);
      expect(facts(again.outbox)).toEqual(facts(state.outbox));
    }),
    { numRuns: runs(100) },
  );
});
