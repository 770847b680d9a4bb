import { expect, test } from "vitest";
import { outcomeOf } from "../../../../src/dashboard/live/filter.ts";
import { SILENT_MS, withSilent } from "../../../../src/dashboard/live/silence.ts";
import type { LiveObservation, LiveTurn } from "../../../../src/protocol/live.ts";

const part = (more: Partial<LiveObservation>): LiveObservation => ({
  id: "part",
  type: "span",
  name: "part",
  startTime: 1_000,
  ...more,
});
const turn = (more: Partial<LiveTurn>): LiveTurn => ({
  traceId: "t",
  state: "open",
  startTime: 1_000,
  observations: [part({ id: "root", root: true }), part({ endTime: 2_000 })],
  ...more,
});
const seen = (one: LiveTurn, now: number): LiveTurn | undefined =>
  withSilent(new Map([["t", one]]), now).get("t");

test("a turn that nobody ended is over after a silence with nothing open in it", () => {
  expect(seen(turn({}), 2_000 + SILENT_MS - 1)?.state).toBe("open");
  const over = seen(turn({}), 2_000 + SILENT_MS);
  expect(over).toMatchObject({ state: "ended", idle: true, endTime: 2_000 });
  expect(over && outcomeOf(over)).toBe("not ended");
});

test.each([
  ["something is open in it", { observations: [part({ endTime: 2_000 }), part({ id: "open" })] }],
  ["nothing but the turn itself is known", { observations: [part({ root: true })] }],
  ["some of it was not told", { more: 1 }],
  ["it has ended", { state: "ended" as const, endTime: 2_000 }],
])("it stays as it is where %s", (_why, more) => {
  const one = turn(more);
  expect(seen(one, 10 * SILENT_MS)).toBe(one);
});
