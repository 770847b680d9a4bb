import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_RANGES, MAX_REMEMBERED, MEMORY_MS } from "../../../../src/session/bounds.ts";
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

  describe("of what is older than it remembers", () => {
    const at = NOW - MEMORY_MS - 1_000;
    const refused = { status: "refused", code: "too_old" };

    it("refuses a client's first word, from its first number on", () => {
      const story = new Story();
      expect(story.at(0, trace("create"), { at, seq: 1 })).toMatchObject([refused]);
      expect(story.at(0, trace("create"), { at: at + 2_000, seq: 1 })).toMatchObject([
        { status: "accepted" },
      ]);
    });

    it("refuses a number below those that it knows: the client may have sent it in an earlier life", () => {
      const story = new Story();
      story.at(0, trace("create"), { seq: 8 });
      expect(story.at(1, span("create", "old"), { at, seq: 7 })).toMatchObject([refused]);
    });

    it("takes a number above one that it knows: the clock went back", () => {
      const story = new Story();
      story.at(0, trace("create"), { seq: 1 });
      const send = (seq: number) => story.at(1, span("create", "new"), { at, seq });
      expect([3, 2, 3].map(send)).toEqual([
        [{ status: "accepted" }],
        [{ status: "accepted" }],
        [{ status: "repeat" }],
      ]);
    });

    it("refuses any number below those that it has forgotten", () => {
      const story = new Story();
      for (let n = 0; n <= MAX_RANGES; n += 1) {
        story.at(0, span("update", "s"), { seq: 1 + 2 * n });
      }
      const send = (seq: number) => story.at(1, span("update", "s"), { at, seq });
      expect([2, 4].map(send)).toMatchObject([[refused], [{ status: "accepted" }]]);
    });
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
