import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newUser, planTurn } from "../../../../src/dev/traffic/plan-turn.ts";
import { randomOf } from "../../../../src/dev/traffic/random.ts";
import { turnRequests } from "../../../../src/dev/traffic/turn-requests.ts";
import { runs } from "../../../support/runs.ts";

const CLICK = Date.UTC(2026, 10, 28, 12);
const planned = (seed: number, progress = 0.5) => {
  const random = randomOf(seed);
  return planTurn(random, newUser(random), progress);
};

describe("a planned turn", () => {
  it("is the same for the same seed", () => {
    expect(turnRequests(planned(7), CLICK)).toEqual(turnRequests(planned(7), CLICK));
    expect(turnRequests(planned(7), CLICK)).not.toEqual(turnRequests(planned(8), CLICK));
  });

  it("goes on in order, begins and ends what it has, and is over when it ends", () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, progress) => {
        const plan = planned(seed, progress);
        const { request, flushed, response, firstToken, end } = plan.at;
        expect([0, request, response, firstToken, end]).toEqual(
          [0, request, response, firstToken, end].toSorted((a, b) => a - b),
        );
        expect(flushed).toBeGreaterThan(request);
        const requests = turnRequests(plan, CLICK);
        expect(requests.map(({ atMs }) => atMs)).toEqual(
          requests.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
        );
        const actions = requests.flatMap(({ actions }) => actions);
        const ids = (verb: string): string[] =>
          actions
            .filter(({ action }) => action.startsWith(verb) && action !== "create_score")
            .map(({ data }) => [
              data["spanId"] ?? data["generationId"] ?? data["observationId"] ?? "root",
            ])
            .map((id) => JSON.stringify(id))
            .toSorted();
        expect(ids("end_")).toEqual(ids("create_"));
        expect(new Set(ids("create_")).size).toBe(ids("create_").length);
        // Nothing lies in the future of the moment that tells it.
        for (const { atMs, actions } of requests) {
          for (const { data } of actions) {
            for (const field of ["timestamp", "startTime", "endTime", "completionStartTime"]) {
              const at = data[field];
              if (typeof at === "string")
                expect(Date.parse(at)).toBeLessThanOrEqual(CLICK + atMs + 1);
            }
          }
        }
      }),
      { numRuns: runs(150) },
    );
  });
});

it("has a lull and a rush, several of everything, and its share of trouble", () => {
  const random = randomOf(1);
  const plans = Array.from({ length: 1500 }, () =>
    planTurn(random, newUser(random), random.next()),
  );
  const different = (read: (plan: (typeof plans)[number]) => string): number =>
    new Set(plans.map(read)).size;
  expect(different(({ user }) => user.assistant.name)).toBe(3);
  expect(different(({ model }) => model.name)).toBe(2);
  expect(different(({ release }) => release)).toBe(2);
  expect(different(({ user }) => user.variants.tone)).toBe(2);
  expect(different(({ outcome }) => outcome)).toBe(3);
  const share = (test: (plan: (typeof plans)[number]) => boolean): number =>
    plans.filter(test).length / plans.length;
  expect(share(({ outcome }) => outcome === "failed")).toBeCloseTo(0.035, 1);
  expect(share(({ tools }) => tools.length > 0)).toBeGreaterThan(0.3);
  expect(share(({ feedback }) => feedback !== undefined)).toBeGreaterThan(0.2);
});
