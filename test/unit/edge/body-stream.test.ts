import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { TRACE_PATH } from "../../../src/edge/app.ts";
import { bodyStream } from "../../../src/edge/body-stream.ts";
import { ENV } from "./access/tokens.ts";
import { edgeUnderTest } from "./edge-under-test.ts";

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
/** Its sender is gone: a page that was closed, or one who tries what that does. */
function brokenOff(begun: string): ReadableStream<Uint8Array> {
  const pieces = begun === "" ? [] : [new TextEncoder().encode(begun)];
  return new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.error(new Error("gone"));
      else controller.enqueue(piece);
    },
  });
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

  test.each([
    ["", undefined],
    ["Bea", undefined],
    ["Bearer abc", "Bearer "],
  ])("that breaks off behind %j is over", async (begun, line) => {
    const reading = bodyStream(brokenOff(begun), 1000);
    expect(await reading.takeLine("Bearer ", 100)).toBe(line);
    await expect(reading.rest()).rejects.toThrow("gone");
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

test("a beacon that breaks off is nobody's failure: it is refused, and logged like any other", async () => {
  vi.spyOn(console, "info").mockReturnValue();
  const failures = vi.spyOn(console, "error").mockReturnValue();
  for (const [open, begun, status] of [
    [true, "Bea", 400],
    [true, '{"action"', 400],
    [false, "", 401],
    [false, "Bearer abc", 401],
  ] as const) {
    const { app } = edgeUnderTest({ open, env: ENV });
    const init = { method: "POST", headers: { "content-type": "text/plain" }, duplex: "half" };
    const answer = await app.request(TRACE_PATH, { ...init, body: brokenOff(begun) });
    expect([begun, answer.status]).toEqual([begun, status]);
  }
  expect(failures).not.toHaveBeenCalled();
});
