import fc from "fast-check";
import { expect, it } from "vitest";
import { cut, visible } from "../../../../src/dashboard/format/cut.ts";
import { runs } from "../../../support/runs.ts";

it("keeps what is short, and no half of a pair of what is not", () => {
  expect(cut("abc", 3)).toBe("abc");
  expect(cut("abcd", 3)).toBe("ab…");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), fc.nat(30), (text, length) => {
      const short = cut(text, length + 1);
      expect(short.length).toBeLessThanOrEqual(Math.max(1, length + 1));
      expect(short.isWellFormed()).toBe(true);
    }),
    { numRuns: runs(300) },
  );
});

it("shows what would not be seen, or would turn the text around", () => {
  expect(visible("a\u202eb\u0000c\nd")).toBe("a\ufffdb\ufffdc\ufffdd");
  expect(visible("   ")).toBe("(no name)");
  expect(visible("Zoë 🙂")).toBe("Zoë 🙂");
});
