import { describe, expect, it } from "vitest";
import { advance } from "../../../src/session/advance.ts";
import { migrate } from "../../../src/session/migrations.ts";
import { rebuild, snapshotLine } from "../../../src/session/rebuild.ts";
import type { SessionState } from "../../../src/session/state.ts";
import { NOW } from "./arbitrary.ts";
import format1 from "./journal-format-1.json" with { type: "json" };
import { DAY, SETTINGS } from "./support.ts";

/** A journal of an earlier version, and half a day later. */
function stateOf(lines: string[]): SessionState {
  const state = rebuild(migrate(1, lines), SETTINGS);
  advance(state, NOW + DAY / 2);
  return state;
}

describe("a journal of format 1", () => {
  const { snapshot, entries, outbox, deadLetters, counts } = format1;

  it.each([
    ["entries alone", entries],
    ["a snapshot and entries", snapshot],
  ])("makes the records that its own version made of it: %s", (_of, lines) => {
    const state = stateOf(lines);
    // As text: the same bytes go to Langfuse.
    expect(JSON.stringify(state.outbox)).toBe(JSON.stringify(outbox));
    expect(state.deadLetters).toEqual(deadLetters);
    expect({ ...state.counts, dropped: [] }).toEqual(counts);
  });

  it("is the same state, whichever of the two it is read from", () => {
    const [fromSnapshot, fromEntries] = [snapshot, entries].map((lines) => {
      const state = rebuild(migrate(1, lines), SETTINGS);
      // Places only give an order.
      for (const trace of [...state.live.values(), ...state.past.values()]) {
        trace.place = 0;
        for (const draft of [...trace.drafts.values(), ...trace.late.values()]) draft.place = 0;
      }
      return state;
    });
    expect(fromSnapshot).toEqual(fromEntries);
  });

  it("is written in the current format from then on", () => {
    const line = snapshotLine(rebuild(migrate(1, snapshot), SETTINGS));
    expect(line).not.toContain('{"$map"');
    expect(rebuild([line], SETTINGS)).toEqual(rebuild(migrate(1, snapshot), SETTINGS));
  });
});

it("refuses a format that it does not know, rather than guess", () => {
  for (const version of [0, 99, Number.NaN]) {
    expect(() => migrate(version, [])).toThrow("not known to this version");
  }
});
