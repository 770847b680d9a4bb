import { describe, expect, it } from "vitest";
import { judge } from "../../faults/judge/judge.ts";
import { latenessOf } from "../../faults/judge/lateness.ts";
import { recordsOf } from "../../faults/plan/plan.ts";
import { mostASecond } from "../../faults/judge/rates.ts";
import { notRun, withReport } from "../../faults/report/accept.ts";
import { brokenText, tableOf } from "../../faults/report/report.ts";
import { brokenRuns, figuresOf, summaryOf } from "../../faults/report/summary.ts";
import { brokenIn, type Result } from "../../faults/report/result.ts";
import { storyOf } from "../../faults/judge/story.ts";
import type { Copy } from "../../faults/plan/records.ts";
import { copiesOf, NOW, plan } from "./support.ts";

describe("the busiest second", () => {
  it.each([
    [[], 0],
    [[5], 1],
    [[0, 999, 1_000, 1_001], 3],
    [[2_000, 0, 1_000], 1],
    [[0, 0, 0, 5_000, 5_000], 3],
  ])("of %j has %i", (times, most) => {
    expect(mostASecond(times)).toBe(most);
  });
});

describe("how late records came", () => {
  const whole = new Map(plan().flatMap(({ turns }) => turns.map(({ traceId }) => [traceId, NOW])));
  const copies = copiesOf(plan());

  it("is the longest of all, from the first copy of each", () => {
    const again = { ...copies[0]!, at: NOW + 1e9 };
    const latest = (copies.length - 1) * 1_000;
    expect(latenessOf(plan(), undefined, whole, [...copies, again])).toBe(latest);
  });

  it("is infinite where one is missing, unless its turn was not acknowledged", () => {
    const [, ...rest] = copies;
    expect(latenessOf(plan(), undefined, whole, rest)).toBe(Infinity);
    expect(latenessOf(plan(), "score", whole, rest)).toBeLessThan(Infinity);
    const [first] = plan()[0]!.turns;
    const others = new Map([...whole].filter(([traceId]) => traceId !== first!.traceId));
    expect(latenessOf(plan(), undefined, others, rest)).toBeLessThan(Infinity);
  });
});

describe("the story of what is broken", () => {
  const events = { plan: plan(), whole: new Map([["ui2-s5-0-0", NOW]]), kills: [NOW + 1_500] };
  const storyFor = (copies: readonly Copy[]): string[] => {
    const judgement = judge({ expected: recordsOf(plan()), open: new Set(), copies, kills: [] });
    return storyOf(judgement, { ...events, copies });
  };

  it("is told of the sessions that it concerns, in the order of time", () => {
    const story = storyFor(copiesOf(plan()).slice(1));
    expect(story).toHaveLength(1 + 1 + 1 + 14);
    expect(story.slice(0, 4)).toEqual([
      "session s5-0",
      "2026-11-28T00:00:00.000Z ui2-s5-0-0 acknowledged",
      "2026-11-28T00:00:01.000Z turn 0 frontend-ui-processing taken, answered after 10 ms",
      "2026-11-28T00:00:01.500Z kill",
    ]);
  });

  it("is not told where all is well", () => {
    expect(storyFor(copiesOf(plan()))).toEqual([]);
  });
});

const never = (): never => {
  throw new Error("it is not run");
};

describe("a report", () => {
  const expected = recordsOf(plan());
  const resultOf = (rest: Partial<Result> = {}): Result => ({
    scenario: "kills",
    variant: "two | three",
    seed: 5,
    plan: "0badcafe",
    turns: 6,
    actions: 60,
    refused: [],
    slowestMs: 9,
    kills: 2,
    judgement: judge({ expected, open: new Set(), copies: copiesOf(plan()), kills: [] }),
    requests: 7,
    mostASecond: 3,
    replies: { ok: 7 },
    pending: 0,
    dead: 0,
    health: "healthy",
    wallMs: 1_000,
    figures: { "there after, s": 4 },
    told: [],
    log: [],
    story: [],
    ...rest,
  });

  it("says that all is kept where it is", () => {
    expect(brokenIn(resultOf())).toEqual([]);
    expect(tableOf([resultOf()])).toContain(
      "| kills: two \\| three | 0badcafe | 2 | 6 | 60 | 30 | 0 |",
    );
    expect(tableOf([resultOf()])).toContain("| kept |");
    expect(brokenText([resultOf()])).toBe("");
  });

  it("sums the runs of a scenario up for its readers", () => {
    const [summary, ...others] = [
      summaryOf(
        [resultOf(), resultOf({ variant: "other" })],
        [
          { name: "kills", tries: "kill -9" },
          { name: "soak", tries: "an hour" },
        ],
      ),
      figuresOf([resultOf()], "kills"),
      figuresOf([resultOf()], "soak"),
    ];
    expect(summary.split("\n")).toHaveLength(3);
    expect(summary).toContain("| **kills**: kill -9 | 2 | 120 | 60 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |");
    expect(others[0]).toContain(
      "| two \\| three | 5 | 2 kills; 0 records twice; there after, s: 4 |",
    );
    expect(others[1].split("\n")).toHaveLength(2);
  });

  it("is put into its place of a page, and nowhere else", () => {
    const begin = "<!-- faults: written by `npm run faults -- --accept` -->";
    const page = `before\n\n${begin}\n\nold\n\n<!-- /faults -->\n\nafter\n`;
    expect(withReport(page, "new")).toBe(page.replace("old", "new"));
    expect(() => withReport("no place", "new")).toThrow("no place");
  });

  it("says what was not run, and what is broken", () => {
    const scenarios = [
      { name: "kills", tries: "", variants: [{ name: "a", short: true, work: never }] },
    ];
    expect(notRun([], scenarios)).toEqual(["kills/a"]);
    expect(notRun([resultOf({ variant: "a" })], scenarios)).toEqual([]);
    const broken = resultOf({ variant: "a", told: ["too slow"] });
    expect(brokenRuns([resultOf(), broken])).toEqual(["- kills: a, seed 5: too slow"]);
  });

  it("says what is broken, with the seed", () => {
    const judgement = judge({
      expected,
      open: new Set(),
      copies: copiesOf(plan()).slice(1),
      kills: [],
    });
    const bad = resultOf({ judgement, refused: ["400"], told: ["too slow"], pending: 2 });
    expect(brokenIn(bad)).toHaveLength(4);
    expect(tableOf([bad])).toContain("**broken**");
    expect(brokenText([bad])).toMatch(/seed 5: 1 acknowledged and lost: s5-0\/0 observation/);
  });
});
