import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyStream } from "../../../src/edge/body-stream.ts";

/** The text in pieces of so many bytes; how many were pulled, and whether reading was given up. */
function inPieces(text: string, size: number) {
  const bytes = new TextEncoder().encode(text);
  const seen = { pulled: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = bytes.subarray(seen.pulled, seen.pulled + size);
        seen.pulled += piece.length;
        if (piece.length === 0) controller.close();
        else controller.enqueue(piece);
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, seen };
}
const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && new TextDecoder().decode(bytes);

describe("the first line", () => {
  test.each([
    ['Bearer abc\n{"a":1}', "Bearer abc", '{"a":1}'],
    ["Bearer abc\r\n{}", "Bearer abc", "{}"],
    ["Bearer \n{}", "Bearer ", "{}"],
    ['{"a":1}\n', undefined, '{"a":1}\n'],
    ["", undefined, ""],
    ["Bear", undefined, "Bear"],
    ["bearer abc\n{}", undefined, "bearer abc\n{}"],
    ["\nBearer abc\n{}", undefined, "\nBearer abc\n{}"],
  ])("of %j is %j", async (body, line, rest) => {
    for (const size of [1, 3, 1000]) {
      const reading = bodyStream(inPieces(body, size).stream, 1000);
      expect(await reading.takeLine("Bearer ", 100)).toBe(line);
      expect(text(await reading.rest())).toBe(rest);
    }
  });

  test("that never ends is only its prefix, and is not read on", async () => {
    const { stream, seen } = inPieces(`Bearer ${"x".repeat(100_000)}\n{}`, 10);
    const reading = bodyStream(stream, 1_000_000);
    expect(await reading.takeLine("Bearer ", 50)).toBe("Bearer ");
    expect(seen.pulled).toBeLessThanOrEqual(70);
    await reading.cancel();
    expect(seen.cancelled).toBe(true);
  });

  test("is all that is read of a body before it is believed", async () => {
    const { stream, seen } = inPieces(`Bearer abc\n${"x".repeat(1000)}`, 10);
    await bodyStream(stream, 10_000).takeLine("Bearer ", 100);
    expect(seen.pulled).toBeLessThanOrEqual(20);
  });
});

test("property: a body is the same in whatever pieces it comes, or larger than its limit", async () => {
  const max = 40;
  await fc.assert(
    fc.asyncProperty(
      fc.string({ maxLength: 60, unit: "grapheme" }),
      fc.integer({ min: 1, max: 70 }),
      async (body, size) => {
        const read = await bodyStream(inPieces(body, size).stream, max).rest();
        const fits = new TextEncoder().encode(body).length <= max;
        expect(text(read)).toBe(fits ? body : undefined);
      },
    ),
  );
});

test("no body is an empty one", async () => {
  expect(await bodyStream(null, 10).takeLine("Bearer ", 10)).toBeUndefined();
  expect(text(await bodyStream(null, 10).rest())).toBe("");
});
