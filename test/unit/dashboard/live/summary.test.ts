import { expect, it } from "vitest";
import { firstTokenMs, summaryOf } from "../../../../src/dashboard/live/summary.ts";
import type { LiveTurn } from "../../../../src/protocol/live.ts";

const NOW = 1_000_000;
const ended = (
  startTime: number,
  ms: number,
  wait: number,
  more: Partial<LiveTurn> = {},
): LiveTurn => ({
  traceId: String(startTime),
  state: "ended",
  startTime,
  endTime: startTime + ms,
  latencies: { time_to_first_token: wait },
  observations: [],
  ...more,
});

it("sums the last five minutes up", () => {
  const turns = [
    ended(NOW - 10_000, 4000, 500),
    ended(NOW - 20_000, 6000, 700, { failed: true }),
    // A tool failed, and the answer came all the same.
    ended(NOW - 20_000, 5000, 600, { failed: true, outcome: "completed" }),
    ended(NOW - 400_000, 1, 1),
    ended(NOW - 1000, 0, 0, { state: "open" }),
  ];
  expect(summaryOf(turns, NOW)).toEqual({
    underWay: 1,
    ended: 3,
    failed: 1,
    firstTokenMs: 600,
    turnMs: 5000,
  });
  expect(summaryOf([], NOW)).toEqual({ underWay: 0, ended: 0, failed: 0 });
});

it("goes by the observations while nothing was told", () => {
  const generation = {
    id: "g",
    type: "generation" as const,
    name: "g",
    startTime: 100,
    firstTokenTime: 350,
  };
  expect(firstTokenMs({ ...ended(0, 1, 1), latencies: {}, observations: [generation] })).toBe(250);
  expect(firstTokenMs({ ...ended(0, 1, 1), latencies: {}, observations: [] })).toBeUndefined();
});
