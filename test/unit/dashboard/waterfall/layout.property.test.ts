import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOut, type WaterfallPart } from "../../../../src/dashboard/waterfall/layout.ts";
import { MAX_DEPTH } from "../../../../src/dashboard/waterfall/tree-order.ts";
import { runs } from "../../../support/runs.ts";

const NOW = 1_000_000;
const id = fc.nat(12).map((n) => `p${n}`);
const time = fc.integer({ min: NOW - 5000, max: NOW + 5000 });
const part: fc.Arbitrary<WaterfallPart> = fc.record(
  { id, parentId: id, startMs: time, endMs: time, firstTokenMs: time },
  { requiredKeys: ["id", "startMs"] },
);
const parts = fc.uniqueArray(part, { selector: (one) => one.id, maxLength: 13 });

describe("a waterfall", () => {
  it("has each part once, below its parent, whatever the parents say", () => {
    fc.assert(
      fc.property(parts, (parts) => {
        const { bars } = layOut(parts, NOW);
        expect(bars.map((bar) => bar.part.id).sort()).toEqual(parts.map((one) => one.id).sort());
        const places = new Map(bars.map((bar, i) => [bar.part.id, i]));
        for (const [i, { part, depth }] of bars.entries()) {
          expect(depth).toBeLessThanOrEqual(MAX_DEPTH);
          // Of a circle somebody stands at the top.
          if (depth > 0) expect(places.get(part.parentId ?? "")).toBeLessThan(i);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it("keeps every bar and every mark within its width", () => {
    fc.assert(
      fc.property(parts, (parts) => {
        for (const { left, width, mark = 0, tookMs } of layOut(parts, NOW).bars) {
          expect(Math.min(left, width, mark, tookMs)).toBeGreaterThanOrEqual(0);
          expect(Math.max(left + width, mark)).toBeLessThanOrEqual(100 + 1e-9);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it("grows with time where a part goes on, and stays where none does", () => {
    const open = [
      { id: "a", startMs: 0, endMs: 100 },
      { id: "b", parentId: "a", startMs: 50 },
    ];
    expect(layOut(open, 200).spanMs).toBe(200);
    expect(layOut(open, 400).spanMs).toBe(400);
    expect(layOut(open, 400).bars[1]).toMatchObject({
      isOpen: true,
      tookMs: 350,
      depth: 1,
      left: 12.5,
    });
    const ended = [{ id: "a", startMs: 0, endMs: 100 }];
    expect(layOut(ended, 200)).toEqual(layOut(ended, 9000));
  });

  it("is nothing of nothing", () => {
    expect(layOut([], NOW)).toEqual({ bars: [], fromMs: NOW, spanMs: 1 });
  });
});
