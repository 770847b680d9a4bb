import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  count,
  counted,
  dollars,
  plain,
  share,
  withoutZeros,
} from "../../../../src/dashboard/format/number.ts";
import { runs } from "../../../support/runs.ts";

describe("numbers", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [12_345, "12,345"],
    [99_999, "99,999"],
    [100_000, "100 k"],
    [1_234_567, "1.23 M"],
    [999_999, "1 M"],
    [2.5e9, "2.5 bn"],
    [Number.NaN, "–"],
    [undefined, "–"],
  ])("count %s is %s", (n, text) => expect(count(n)).toBe(text));

  it.each([
    [0, 10, "0 %"],
    [1, 8, "12.5 %"],
    [91_960, 92_000, "> 99.9 %"],
    [10, 10, "100 %"],
    [1, 1_000_000, "< 0.001 %"],
    [0, 0, "–"],
  ])("share %s of %s is %s", (part, all, text) => expect(share(part, all)).toBe(text));

  it.each([
    [0, "$0"],
    [0.00123, "$0.0012"],
    [0.5, "$0.50"],
    [0.004, "$0.004"],
    [0.0999, "$0.10"],
    [0.996, "$1.00"],
    [1.239, "$1.24"],
    [12_345.6, "$12,346"],
    [-0.02, "-$0.02"],
    [1e-9, "$0.000000001"],
  ])("%s dollars are %s", (n, text) => expect(dollars(n)).toBe(text));

  it("has one of a thing and many of it", () => {
    expect([counted(1, "turn"), counted(2, "turn"), counted(0, "turn")]).toEqual([
      "1 turn",
      "2 turns",
      "0 turns",
    ]);
  });

  it("leaves no zeros on an axis that say nothing, and takes none that do", () => {
    expect(["1.00 s", "1.50 s", "100 ms", "$0.10", "10", "0.05 %"].map(withoutZeros)).toEqual([
      "1 s",
      "1.5 s",
      "100 ms",
      "$0.10",
      "10",
      "0.05 %",
    ]);
  });

  it("is within one in a hundred of what it says", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-2, max: 1e12, noNaN: true }), (n) => {
        const [digits = "", unit = ""] = plain(n).replaceAll(",", "").split(" ");
        const said = Number(digits) * ({ "": 1, k: 1e3, M: 1e6, bn: 1e9 }[unit] ?? Number.NaN);
        expect(Math.abs(said - n) / n).toBeLessThan(0.06);
      }),
      { numRuns: runs(300) },
    );
  });
});
