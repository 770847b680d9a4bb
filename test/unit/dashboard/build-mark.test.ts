import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildIn, markBuild } from "../../../src/dashboard/build-mark.ts";
import { DASHBOARD } from "../../../src/publish/entries.ts";

const PAGE = readFileSync(DASHBOARD.page, "utf8");

describe("the mark of a build", () => {
  it("stands in the page, once it is built", () => {
    expect(buildIn(PAGE)).toBeUndefined();
    expect(buildIn(markBuild(PAGE, "0a1b"))).toBe("0a1b");
    expect(buildIn(markBuild(markBuild(PAGE, "0a1b"), "2c3d"))).toBe("2c3d");
  });

  it("is nowhere else", () => {
    expect(buildIn("<title>Sign in</title>")).toBeUndefined();
    expect(() => markBuild("<title>x</title>", "0a")).toThrow("no place");
  });
});
