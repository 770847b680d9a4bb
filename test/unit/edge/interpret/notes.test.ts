import fc from "fast-check";
import { expect, test } from "vitest";
import { collectNotes } from "../../../../src/edge/interpret/notes.ts";

test("a note that is cut has no half of a character, nor what stands for one", () => {
  const { note, taken } = collectNotes();
  note(`${"x".repeat(119)}😀 and more`);
  expect(taken()).toEqual(["x".repeat(119)]);
});

test("property: notes are short, safe, few, and begin as they were noted", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary", maxLength: 300 }), { maxLength: 40 }),
      (texts) => {
        const { note, taken } = collectNotes();
        texts.forEach(note);
        const notes = taken() ?? [];
        expect(notes.length).toBeLessThanOrEqual(20);
        for (const one of notes) {
          expect(one.length).toBeLessThanOrEqual(120);
          expect(one.isWellFormed() && !one.includes("\u0000")).toBe(true);
          expect(texts.some((text) => text.replaceAll("\u0000", "").startsWith(one))).toBe(true);
        }
      },
    ),
  );
});
