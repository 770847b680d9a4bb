import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS, readQuery } from "../../../../src/figures/read/query.ts";
import { DIMENSIONS } from "../../../../src/protocol/figures/dimensions.ts";
import { AT } from "../records.ts";

const read = (text: string) => readQuery(new URLSearchParams(text), AT);
const minute = AT - (AT % MINUTE_MS);

describe("a query", () => {
  it("is the last hour by the minute, where nothing is said", () => {
    expect(read("")).toEqual({
      from: minute - HOUR_MS,
      to: minute + MINUTE_MS,
      stepMs: MINUTE_MS,
      filters: {},
      metrics: ["time_to_first_token"],
      parts: ["speed"],
    });
  });

  it("says what it wants", () => {
    const text =
      "from=2026-11-27T00:00:00Z&to=1795824000000&step=3600&by=model&metric=turn&metric=network" +
      "&part=tools,cost&part=errors&assistant=A&assistant=B&release=";
    expect(read(text)).toEqual({
      from: Date.UTC(2026, 10, 27),
      to: 1_795_824_000_000,
      stepMs: HOUR_MS,
      by: "model",
      metrics: ["turn", "network"],
      parts: ["tools", "cost", "errors"],
      filters: { assistant: ["A", "B"], release: [""] },
    });
  });

  it("has a step that gives a chart's worth of points", () => {
    for (const [hours, step] of [
      [1, 1],
      [12, 5],
      [13, 60],
      [48, 60],
      [72, 60],
      [720, 360],
    ] as const) {
      expect(read(`from=${AT - hours * HOUR_MS}`)).toMatchObject({ stepMs: step * MINUTE_MS });
    }
  });

  it.each([
    "from=yesterday",
    "step=7",
    "by=colour",
    "metric=speed",
    "part=all",
    "colour=red",
    `from=${AT}&to=${AT - 1}`,
    `from=${AT + DAY_MS}`,
    `from=${AT - 60 * DAY_MS}&to=${AT - 50 * DAY_MS}`,
    `from=${AT - 10 * DAY_MS}&step=60`,
    `from=${AT - 2 * DAY_MS}&step=60`,
    "assistant=a&".repeat(101),
  ])("has a fault that is named: %s", (text) => {
    expect(read(text)).toEqual({ fault: expect.any(String) as string });
  });

  it("is a whole number of steps, bounded, whatever is asked", () => {
    const params = fc.array(
      fc.tuple(
        fc.constantFrom("from", "to", "step", "by", "metric", "part", ...DIMENSIONS, "x"),
        fc.oneof(
          fc.string(),
          fc.nat().map(String),
          fc.integer({ min: AT - DAY_MS, max: AT }).map(String),
        ),
      ),
    );
    fc.assert(
      fc.property(params, (pairs) => {
        const query = readQuery(new URLSearchParams(pairs), AT);
        if ("fault" in query) return;
        const steps = (query.to - query.from) / query.stepMs;
        expect(Number.isInteger(steps) && steps > 0 && steps <= 1502).toBe(true);
        expect(query.from % query.stepMs).toBe(0);
      }),
    );
  });
});
