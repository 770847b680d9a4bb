import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_REMEMBERED } from "../../../../src/session/bounds.ts";
import { applyEntry } from "../../../../src/session/journal/entries.ts";
import { addToRanges } from "../../../../src/session/dedup/dedup.ts";
import { NOW } from "../arbitrary.ts";
import { span, Story, trace } from "../story.ts";

describe("memory", () => {
  it("keeps numbers as ranges that say exactly which were seen", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 40 }), (numbers) => {
        let ranges: [number, number][] = [];
        for (const n of numbers) {
          const known = ranges.some(([low, high]) => low <= n && n <= high);
          if (!known) ranges = addToRanges(ranges, n);
        }
        const listed = ranges.flatMap(([low, high]) =>
          Array.from({ length: high - low + 1 }, (_, index) => low + index),
        );
        expect(listed).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        for (let index = 1; index < ranges.length; index += 1) {
          expect(ranges[index]?.[0]).toBeGreaterThan((ranges[index - 1]?.[1] ?? 0) + 1);
        }
      }),
    );
  });

  it("answers a repeat as a repeat and folds it once", () => {
    const story = new Story();
    expect(story.at(0, trace("create"), { seq: 1 })).toEqual([{ status: "accepted" }]);
    expect(story.at(1, trace("create"), { seq: 1 })).toEqual([{ status: "repeat" }]);
    story.at(2, trace("end"), { seq: 2 });
    story.sealedBy(3);
    expect(story.records()).toHaveLength(1);
    expect(story.at(4, trace("end"), { seq: 2 })).toEqual([{ status: "repeat" }]);
    expect(story.sealedBy(60)).toHaveLength(1);
  });

  it("knows a repeat by its id alone, also where the first one had a number", () => {
    const { state } = new Story();
    const send = (clientId: string | undefined, action: { id: string; seq?: number }) =>
      applyEntry(state, {
        k: "append",
        t: NOW,
        arrival: {
          writer: "server",
          ...(clientId !== undefined && { clientId }),
          actions: [{ ...action, change: trace("create") }],
        },
      });
    expect(send(undefined, { id: "one" })).toEqual([{ status: "accepted" }]);
    expect(send(undefined, { id: "one" })).toEqual([{ status: "repeat" }]);
    expect(send("tab", { id: "two", seq: 1 })).toEqual([{ status: "accepted" }]);
    expect(send(undefined, { id: "two" })).toEqual([{ status: "repeat" }]);
    expect(state.counts.accepted).toBe(2);
  });

  it("refuses what is older than a day", () => {
    const story = new Story();
    story.at(0, trace("create"));
    const [result] = story.at(1, span("create", "old"), { at: NOW - 25 * 3_600_000, seq: 7 });
    expect(result).toMatchObject({ status: "refused", code: "too_old" });
  });

  it("stays bounded, and refuses rather than guesses about what it has forgotten", () => {
    const story = new Story();
    const many = MAX_REMEMBERED + 500;
    for (let index = 0; index < many; index += 1) {
      const time = NOW + index * 10;
      story.at(index / 100, span("create", `s${index}`, { fields: { endTime: time } }));
    }
    story.sealedBy(many);
    expect(story.state.remembered).toBeLessThanOrEqual(MAX_REMEMBERED);
    const [late] = story.at(many, span("update", "s3"), { at: NOW + 30 });
    expect(late).toMatchObject({ code: "too_old" });
    expect(story.at(many, span("create", "new"))).toEqual([{ status: "accepted" }]);
  });
});
