import { expect, it, vi } from "vitest";
import type { HealthReport } from "../../../../src/protocol/health-calls.ts";
import { Census, CENSUS_INTERVAL_MS } from "../../../../src/edge/legacy/census.ts";

function census() {
  const reports: HealthReport[] = [];
  const log = vi.fn();
  const clock = { now: 1_000_000, fails: false };
  const one = new Census({
    health: () => ({
      report: async (report) => {
        if (clock.fails) throw new Error("gone");
        reports.push(report);
        return { pending: 0, delivered: 0, dead: 0, failures: 0 };
      },
    }),
    now: () => clock.now,
    log,
  });
  return { one, reports, log, clock };
}
const JS = { sdk: "js", version: "3" };

it("tells of a new sender at once, then once a minute, and nothing where nobody posts", async () => {
  const { one, reports, log, clock } = census();
  await one.flush();
  one.count("pk", JS, 15);
  await one.flush();
  for (const _ of [0, 1, 2]) one.count("pk", JS, 10);
  await one.flush();
  expect(reports).toHaveLength(1);
  clock.now += CENSUS_INTERVAL_MS;
  await one.flush();
  await one.flush();
  expect(reports.map(({ legacy }) => legacy)).toEqual([
    [{ ...JS, events: 15, requests: 1 }],
    [{ ...JS, events: 30, requests: 3 }],
  ]);
  expect(log.mock.calls[0]).toEqual(["info", "legacy", { ...JS, events: 15, requests: 1 }]);
});

it("hears of a bounded number of new senders at once: who calls itself anew each time is told of later", async () => {
  const { one, reports, clock } = census();
  for (let n = 0; n < 200; n += 1) {
    one.count("pk", { sdk: `s${n}`, version: "1" }, 1);
    await one.flush();
  }
  expect(reports.length).toBeLessThanOrEqual(32);
  clock.now += CENSUS_INTERVAL_MS;
  await one.flush();
  expect(reports.length).toBeLessThanOrEqual(33);
});

it("tells apart a bounded number, and a health that fails is no one's error", async () => {
  const { one, reports, log, clock } = census();
  for (let n = 0; n < 100; n += 1) one.count("pk", { sdk: `s${n}`, version: "1" }, 1);
  await one.flush();
  expect(reports[0]?.legacy).toHaveLength(32);
  clock.fails = true;
  clock.now += CENSUS_INTERVAL_MS;
  one.count("pk", { sdk: "new", version: "1" }, 1);
  await expect(one.flush()).resolves.toBeUndefined();
  expect(log).toHaveBeenLastCalledWith("warn", "health_not_told", { error: "Error: gone" });
});
