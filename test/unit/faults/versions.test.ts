import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { changedSource, LATER_FORMAT, OTHER_BOUNDS } from "../../faults/version.ts";
import { chosen, type Scenario } from "../../faults/scenario.ts";

describe("another version of a source", () => {
  const path = "/somewhere/src/session/journal/migrations.ts";
  const source = readFileSync("src/session/journal/migrations.ts", "utf8");

  it("differs in what it says", () => {
    const changed = changedSource(source, path, LATER_FORMAT);
    expect(changed).toContain("return FORMAT_VERSION + 1;");
    expect(changed).toContain("version > FORMAT_VERSION + 1");
    expect(changedSource(source, "/src/other.ts", LATER_FORMAT)).toBe(source);
    const bounds = readFileSync("src/session/bounds.ts", "utf8");
    expect(changedSource(bounds, "/src/session/bounds.ts", OTHER_BOUNDS)).toContain(
      "export const GRACE_MS = 3_000;",
    );
  });

  it("is no version where it changes nothing, or more than it should", () => {
    const change = (pattern: RegExp) => ({
      name: "",
      changes: [{ file: "/a.ts", pattern, replacement: "" }],
    });
    expect(() => changedSource("one", "/a.ts", change(/two/))).toThrow("0 times");
    expect(() => changedSource("one", "/a.ts", change(/\w/))).toThrow("3 times");
  });
});

describe("the runs that are chosen", () => {
  const variant = (name: string) => ({
    name,
    short: false,
    work: async () => ({ broken: [] }),
  });
  const scenarios: Scenario[] = [
    { name: "kills", tries: "", variants: [variant("200 kills"), variant("50 kills")] },
    { name: "poison", tries: "", variants: [variant("one, hang"), variant("one, 500")] },
  ];
  const names = (only: string): string[] =>
    chosen(scenarios, only).map(({ scenario, name }) => `${scenario}/${name}`);

  it("are all, or those of some scenarios, or those with a name like this", () => {
    expect(names("")).toHaveLength(4);
    expect(names("kills")).toEqual(["kills/200 kills", "kills/50 kills"]);
    expect(names("kills/200,poison/hang")).toEqual(["kills/200 kills", "poison/one, hang"]);
    expect(() => names("soup")).toThrow("no scenario");
  });
});
