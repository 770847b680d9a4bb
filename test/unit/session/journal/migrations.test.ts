import { describe, expect, it } from "vitest";
import {
  FIRST_VERSION,
  FORMAT_VERSION,
  LaterFormatError,
  migrate,
} from "../../../../src/session/journal/migrations.ts";

const STEPS = [
  (lines: string[]): string[] => lines.map((line) => `${line}b`),
  (lines: string[]): string[] => [...lines, "new"],
];

describe("a journal's format", () => {
  it("is brought up step by step, from wherever it is", () => {
    expect(migrate(FIRST_VERSION, ["a"], STEPS)).toEqual(["ab", "new"]);
    expect(migrate(FIRST_VERSION + 1, ["a"], STEPS)).toEqual(["a", "new"]);
    expect(migrate(FIRST_VERSION + 2, ["a"], STEPS)).toEqual(["a"]);
  });

  it("is left as it is where it is the current one", () => {
    expect(migrate(FORMAT_VERSION, ["a"])).toEqual(["a"]);
  });

  it("is told apart where a later version wrote it, from what is no journal at all", () => {
    expect(() => migrate(FORMAT_VERSION + 1, [])).toThrow(LaterFormatError);
    for (const version of [0, FIRST_VERSION - 1, FIRST_VERSION + 0.5, Number.NaN]) {
      expect(() => migrate(version, [])).toThrow(RangeError);
    }
  });
});
