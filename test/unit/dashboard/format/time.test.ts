import { describe, expect, it } from "vitest";
import { ago, clock, duration, moment } from "../../../../src/dashboard/format/time.ts";

describe("durations", () => {
  it.each([
    [0, "0 ms"],
    [0.84, "0.8 ms"],
    [12.4, "12 ms"],
    [999.4, "999 ms"],
    [999.6, "1.00 s"],
    [1234, "1.23 s"],
    [12_345, "12.3 s"],
    [180_000, "3.0 min"],
    [7.5e6, "2.1 h"],
    [3 * 86_400_000, "3.0 days"],
    [undefined, "–"],
    [Number.NaN, "–"],
  ])("%s ms are %s", (ms, text) => expect(duration(ms)).toBe(text));
});

describe("moments", () => {
  const now = new Date(2026, 10, 28, 14, 5, 30).getTime();

  it.each([
    [0, "just now"],
    [12_000, "12 s ago"],
    [185_000, "3 min ago"],
    [7_300_000, "2 h ago"],
    [4 * 86_400_000, "4 days ago"],
    // Its clock is ahead of the reader's.
    [-5000, "just now"],
  ])("%s ms before now is %s", (ms, text) => expect(ago(now - ms, now)).toBe(text));

  it("has its date where that is another day's", () => {
    expect(clock(now, now)).toBe("14:05:30");
    expect(clock(now - 86_400_000, now)).toBe("Nov 27, 14:05:30");
    expect(clock(Number.NaN, now)).toBe("–");
  });

  it("is as exact as its grain", () => {
    expect(moment(now, 60_000)).toBe("14:05");
    expect(moment(now, 3_600_000)).toBe("28 Nov 14:05");
    expect(moment(now, 86_400_000)).toBe("28 Nov");
  });
});
