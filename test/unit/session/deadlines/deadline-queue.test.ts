import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { langfuseTraceId, rootObservationId } from "../../../../src/protocol/ids.ts";
import { advance } from "../../../../src/session/deadlines/advance.ts";
import { traceDeadlines, earliestOf } from "../../../../src/session/deadlines/trace-deadlines.ts";
import { applyEntry } from "../../../../src/session/journal/entries.ts";
import {
  longestGap,
  readyTraces,
  nextDeadline,
} from "../../../../src/session/deadlines/next-deadline.ts";
import type { SessionState } from "../../../../src/session/state.ts";
import type { Trace } from "../../../../src/session/assembly/assembly-state.ts";
import { NOW, sessionArb } from "../arbitrary.ts";
import { recount } from "../recount.ts";
import { span, trace } from "../story.ts";
import { fresh, SETTINGS } from "../support.ts";
import { runs } from "../../../support/runs.ts";

/** The deadlines by a look at every trace. */
function scanned(state: SessionState): { at: number | undefined; ready: string[] } {
  const traces = [...state.openTraces.values()];
  const times = traces.map((one) => {
    const gap = longestGap(state, one.clients);
    return earliestOf(traceDeadlines(one, state.settings, gap?.until)) ?? Number.POSITIVE_INFINITY;
  });
  const first = Math.min(...times);
  const ready = traces.filter((one) => {
    const root = one.endedSince !== undefined && one.drafts.get(one.rootId)?.created === true;
    return root || one.ready.size + one.scores.size > 0;
  });
  return { at: Number.isFinite(first) ? first : undefined, ready: ready.map(({ id }) => id) };
}
const known = (state: SessionState): { at: number | undefined; ready: string[] } => ({
  at: nextDeadline(state)?.at,
  ready: readyTraces(state).map(({ id }) => id),
});

/** Requests at any moment, with numbers that come late, twice or never. */
const stepsArb = fc.array(
  fc.record({
    wait: fc.oneof(
      { weight: 9, arbitrary: fc.nat(900) },
      { weight: 1, arbitrary: fc.nat(9_000) },
      { weight: 1, arbitrary: fc.nat(100_000) },
    ),
    lost: fc.nat(20),
    swap: fc.boolean(),
    deliver: fc.nat(5),
  }),
  { minLength: 40, maxLength: 40 },
);

describe("the deadline queue", () => {
  it("always knows the trace that a look at all of them would find", () => {
    fc.assert(
      fc.property(sessionArb, stepsArb, (sent, steps) => {
        const state = fresh({ ...SETTINGS, flushAt: 4 });
        const order = [...sent];
        steps.forEach(({ swap }, index) => {
          const [one, other] = order.slice(index, index + 2);
          if (swap && one && other) order.splice(index, 2, other, one);
        });
        let t = NOW;
        for (const [index, { clientId, action }] of order.entries()) {
          const { wait = 0, lost = 1, deliver = 1 } = steps[index] ?? {};
          t += wait;
          if (lost === 0) continue;
          applyEntry(state, {
            k: "append",
            t,
            arrival: { writer: "browser", clientId, actions: [action] },
            ...(deliver === 0 && { deliver: true }),
          });
          expect(known(state)).toEqual(scanned(state));
          recount(state);
        }
        while (state.openTraces.size > 0) {
          expect(known(state)).toEqual(scanned(state));
          advance(state, scanned(state).at ?? 0);
          recount(state);
        }
        expect(nextDeadline(state)).toBeUndefined();
      }),
      { numRuns: runs(300) },
    );
  });

  it("costs a request by its own size, with thousands of traces open beside it", () => {
    const state = fresh();
    const { live, looks } = watched(state);
    const send = (n: number, t: number, op: "create" | "end"): void => {
      const id = langfuseTraceId(`t-${n}`);
      const change = { ...trace(op), trace: id, target: rootObservationId(id) };
      const seq = state.actions + 1;
      const arrival = { writer: "browser" as const, clientId: "tab", actions: [{ seq, change }] };
      applyEntry(state, { k: "append", t, arrival });
    };
    for (let n = 0; n < 3_000; n += 1) send(n, NOW + n, "create");
    expect(live.size).toBe(3_000);
    // One trace ends with each request, and so another one is due with each.
    let most = 0;
    for (let n = 0; n < 500; n += 1) {
      looks.count = 0;
      send(n, NOW + 10_000 + 600 * n, "end");
      most = Math.max(most, looks.count);
    }
    expect(most).toBeLessThan(20);
    expect(live.size).toBeLessThan(2_600);
  });

  it("looks again only at what waited, when a missing number comes", () => {
    const state = fresh();
    const { looks } = watched(state);
    const send = (seq: number, t: number, ...changes: ReturnType<typeof span>[]): void => {
      const actions = changes.map((change, index) => ({ seq: seq + index, change }));
      applyEntry(state, {
        k: "append",
        t,
        arrival: { writer: "browser", clientId: "tab", actions },
      });
    };
    const many = Array.from({ length: 900 }, (_, n) => {
      const id = langfuseTraceId(`t-${n}`);
      return { ...span("create", `s-${n}`), trace: id };
    });
    send(1, NOW, ...many);
    let seq = 901;
    for (let n = 0; n < 20; n += 1) {
      // A number overtakes another one, twice in a row.
      looks.count = 0;
      send(seq + 1, NOW + 1000 + n * 100, span("update", "s-0"));
      send(seq, NOW + 1050 + n * 100, span("update", "s-0"));
      seq += 2;
      expect(looks.count).toBeLessThan(20);
    }
  });
});

/** Counts how many live traces anybody looks at. */
function watched(state: SessionState): { live: Map<string, Trace>; looks: { count: number } } {
  const looks = { count: 0 };
  class Watched extends Map<string, Trace> {
    override get(id: string): Trace | undefined {
      looks.count += 1;
      return super.get(id);
    }
    override *values(): MapIterator<Trace> {
      for (const one of super.values()) {
        looks.count += 1;
        yield one;
      }
    }
  }
  state.openTraces = new Watched();
  return { live: state.openTraces, looks };
}

it("lets traces that are due at one moment go in the order in which they began, whatever their ids", () => {
  const state = fresh();
  const raws = Array.from({ length: 12 }, (_, n) => `ui2-turn-${n}`);
  raws.forEach((raw, n) => {
    const id = langfuseTraceId(raw);
    const target = { trace: id, target: rootObservationId(id), rawTrace: raw };
    const actions = [trace("create", target), trace("end", target)].map((change, index) => ({
      seq: 2 * n + index + 1,
      at: NOW,
      change,
    }));
    const arrival = { writer: "browser" as const, clientId: "tab", actions };
    applyEntry(state, { k: "append", t: NOW, arrival });
  });
  advance(state, NOW + 60_000);
  const sealed = state.outbox.map(({ id }) => id);
  expect(sealed).toEqual(raws.map((raw) => rootObservationId(langfuseTraceId(raw))));
});
