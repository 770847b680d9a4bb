import fc from "fast-check";
import { expect, it } from "vitest";
import type { PassResult } from "../../../src/delivery/pass-result.ts";
import { type HealthyState, report, REPORT_INTERVAL_MS } from "../../../src/delivery/report.ts";
import { applyReport, EMPTY_HEALTH, viewOf } from "../../../src/outcomes/health-state.ts";
import type { HealthReport } from "../../../src/protocol/health-calls.ts";

const T0 = 1_795_380_000_000;
const PROJECT = { publicKey: "pk", label: "label" };

/** A health that is told by one isolate; what the isolate still keeps is in `healthy`. */
function isolate(health: { state: typeof EMPTY_HEALTH }, always = false) {
  const healthy = new Map<string, HealthyState>();
  const told: HealthReport[] = [];
  return {
    healthy,
    told,
    async pass(result: PassResult, at: number): Promise<void> {
      if (always) healthy.clear();
      await report(PROJECT, result, {
        healthy: healthy,
        now: () => at,
        log: () => undefined,
        health: () => ({
          report: async (one) => {
            told.push(one);
            health.state = applyReport(health.state, one);
            return viewOf(health.state);
          },
        }),
      });
    },
  };
}

interface Step {
  afterMs: number;
  where: "here" | "there";
  object: string;
  delivered: number;
  dead: number;
  left: number;
  fails: boolean;
}

const steps = fc.array(
  fc.record<Step>({
    afterMs: fc.nat(40_000),
    where: fc.constantFrom("here", "there"),
    object: fc.constantFrom("a", "b", "c"),
    delivered: fc.integer({ min: 1, max: 9 }),
    dead: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.nat(2)),
    left: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(3)),
    fails: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.boolean()),
  }),
  { maxLength: 40 },
);

function resultOf({ delivered, dead, left, object, fails }: Step, retried: boolean): PassResult {
  return {
    leases: 1,
    records: delivered + dead + left,
    delivered,
    dead,
    posts: 1,
    bytes: 1,
    kinds: [
      {
        kind: "observation",
        delivered,
        dead,
        ...(fails && { failure: { class: "unavailable" } }),
      },
    ],
    unasked: [],
    retried,
    repeated: 0,
    unknown: 0,
    pending: new Map([[object, left]]),
    objects: new Set(),
    reports: new Map(),
    figures: [],
    answers: [],
    ...(fails && { failure: { class: "unavailable" as const } }),
  };
}

it("lets health know at any moment what it would know of every pass, counts of a minute aside", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const [gathered, whole] = [{ state: EMPTY_HEALTH }, { state: EMPTY_HEALTH }];
      const isolates = { here: isolate(gathered), there: isolate(gathered) };
      const reference = isolate(whole, true);
      const waiting = new Set<string>();
      let now = T0;
      for (const step of all) {
        now += step.afterMs;
        const result = resultOf(step, waiting.has(step.object));
        if (step.left > 0) waiting.add(step.object);
        else waiting.delete(step.object);
        await isolates[step.where].pass(result, now);
        await reference.pass(result, now);
        const [known, real] = [viewOf(gathered.state), viewOf(whole.state)];
        const kept = Object.values(isolates).map(({ healthy }) => healthy.get(PROJECT.publicKey));
        const untold = kept.reduce((sum, one) => sum + (one?.unreported?.delivered ?? 0), 0);
        expect(known.delivered + untold).toBe(real.delivered);
        const last = kept.map((one) => one?.unreported?.last ?? 0);
        expect(Math.max(known.lastDelivery ?? 0, ...last)).toBe(real.lastDelivery);
        expect([known.pending, known.dead]).toEqual([real.pending, real.dead]);
        if (real.lastError) expect(known.lastError?.last).toBe(real.lastError.last);
        expect((real.lastDelivery ?? 0) - (known.lastDelivery ?? 0)).toBeLessThan(
          REPORT_INTERVAL_MS,
        );
      }
    }),
  );
});

it("knows in one isolate all of it but counts", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const [gathered, whole] = [{ state: EMPTY_HEALTH }, { state: EMPTY_HEALTH }];
      const [one, reference] = [isolate(gathered), isolate(whole, true)];
      let now = T0;
      for (const step of all) {
        now += step.afterMs;
        await one.pass(resultOf(step, false), now);
        await reference.pass(resultOf(step, false), now);
      }
      const counted = ({ state }: typeof gathered): object => {
        const { delivered: _count, lastDelivery: _last, kinds, ...rest } = viewOf(state);
        const { lastDelivery: _kind, ...observation } = kinds?.observation ?? {};
        return { ...rest, observation };
      };
      expect(counted(gathered)).toEqual(counted(whole));
    }),
  );
});

it("tells a project in peace once a minute, however many its passes", async () => {
  const one = isolate({ state: EMPTY_HEALTH });
  const quiet = { object: "a", delivered: 1, dead: 0, left: 0, fails: false };
  for (let ms = 0; ms < 600_000; ms += 500) {
    await one.pass(resultOf({ ...quiet, afterMs: 500, where: "here" }, false), T0 + ms);
  }
  expect(one.told).toHaveLength(10);
});
