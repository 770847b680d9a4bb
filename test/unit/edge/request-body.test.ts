import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TRACE_PATH } from "../../../src/edge/app.ts";
import { BodyBudget, MAX_HELD_BYTES } from "../../../src/edge/body-budget.ts";
import {
  ARRIVAL_MS,
  type RequestBody,
  requestBody,
  RUN_OUT_BYTES,
  RUN_OUT_MS,
  RUN_OUT_SILENCE_MS,
} from "../../../src/edge/request-body.ts";
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
const text = (bytes: Uint8Array | string): string =>
  typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);

function reading(
  body: ReadableStream<Uint8Array> | null,
  { budget = new BodyBudget(), headers = {} } = {},
): RequestBody {
  return requestBody({ body, headers: new Headers(headers) }, { budget, now: () => Date.now() });
}

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
      const sent = reading(inPieces(body, size).stream);
      expect(await sent.takeLine("Bearer ", 100)).toBe(line);
      expect(text(await sent.rest(1000))).toBe(rest);
    }
  });

  test("that never ends is only its prefix, and is not read on", async () => {
    const { stream, seen } = inPieces(`Bearer ${"x".repeat(100_000)}\n{}`, 10);
    expect(await reading(stream).takeLine("Bearer ", 50)).toBe("Bearer ");
    expect(seen.pulled).toBeLessThanOrEqual(70);
  });

  test.each([
    ["", undefined],
    ["Bea", undefined],
    ["Bearer abc", "Bearer "],
  ])("that breaks off behind %j is over", async (begun, line) => {
    const sent = reading(brokenOff(begun));
    expect(await sent.takeLine("Bearer ", 100)).toBe(line);
    await expect(sent.rest(1000)).rejects.toThrow("gone");
  });

  test("is all that is read of a body before it is believed", async () => {
    const { stream, seen } = inPieces(`Bearer abc\n${"x".repeat(1000)}`, 10);
    await reading(stream).takeLine("Bearer ", 100);
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
        const read = await reading(inPieces(body, size).stream).rest(max);
        const fits = new TextEncoder().encode(body).length <= max;
        expect(text(read)).toBe(fits ? body : "too_large");
      },
    ),
  );
});

test("no body is an empty one", async () => {
  expect(await reading(null).takeLine("Bearer ", 10)).toBeUndefined();
  expect(text(await reading(null).rest(10))).toBe("");
});

describe("what is held of bodies", () => {
  test("is bounded over all of them, and given back at the end of each", async () => {
    const budget = new BodyBudget();
    const some = Array.from({ length: 20 }, () =>
      reading(inPieces("x".repeat(1_000_000), 50_000).stream, { budget }),
    );
    const read = await Promise.all(some.map((sent) => sent.rest(4_000_000)));
    expect(read.filter((one) => typeof one !== "string").length).toBeGreaterThan(5);
    expect(read).toContain("no_room");
    expect(budget.heldBytes).toBeLessThanOrEqual(MAX_HELD_BYTES);
    await Promise.all(some.map((sent) => sent.end()));
    expect(budget.heldBytes).toBe(0);
  });

  test("is given back where the body is too large, or breaks off", async () => {
    const budget = new BodyBudget();
    const large = reading(inPieces("x".repeat(100), 10).stream, { budget });
    expect(await large.rest(50)).toBe("too_large");
    expect(budget.heldBytes).toBe(0);
    const broken = reading(brokenOff("x".repeat(100)), { budget });
    await expect(broken.rest(1000)).rejects.toThrow("gone");
    expect(budget.heldBytes).toBe(100);
    await Promise.all([large.end(), broken.end()]);
    expect(budget.heldBytes).toBe(0);
  });
});

describe("a body that nobody wants", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Bytes for ever, one piece in so many ms; then none, but it does not end. */
  function trickle(everyMs: number, bytes: number, pieces = Number.POSITIVE_INFINITY) {
    const seen = { sent: 0, cancelled: false };
    const stream = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          if (seen.sent >= pieces * bytes) return new Promise<void>(() => {});
          await new Promise<void>((resolve) => void setTimeout(resolve, everyMs));
          seen.sent += bytes;
          controller.enqueue(new Uint8Array(bytes));
        },
        cancel() {
          seen.cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    return { stream, seen };
  }
  async function endsAfter(sent: RequestBody): Promise<number> {
    const began = Date.now();
    const ended = sent.end().then(() => Date.now() - began);
    await vi.runAllTimersAsync();
    return ended;
  }

  test("runs out to its end, so that the answer reaches its sender", async () => {
    const { stream, seen } = inPieces("x".repeat(6_000_000), 60_000);
    await reading(stream).end();
    expect(seen).toEqual({ pulled: 6_000_000, cancelled: false });
  });

  test("runs out for a bounded time", async () => {
    const { stream, seen } = trickle(500, 10);
    const ms = await endsAfter(reading(stream));
    expect(ms).toBeGreaterThanOrEqual(RUN_OUT_MS);
    expect(ms).toBeLessThanOrEqual(RUN_OUT_MS + RUN_OUT_SILENCE_MS);
    expect(seen.cancelled).toBe(true);
  });

  test("is not waited for where its sender waits for the answer", async () => {
    const { stream, seen } = trickle(10, 10, 3);
    expect(await endsAfter(reading(stream))).toBe(30 + RUN_OUT_SILENCE_MS);
    expect(seen.cancelled).toBe(true);
  });

  test("runs out for so many bytes, and not at all where it says that it has more", async () => {
    const mebi = 1024 * 1024;
    const endless = trickle(1, mebi);
    await endsAfter(reading(endless.stream));
    expect(endless.seen).toEqual({ sent: RUN_OUT_BYTES, cancelled: true });
    const huge = trickle(1, mebi);
    const headers = { "content-length": String(RUN_OUT_BYTES + 1) };
    expect(await endsAfter(reading(huge.stream, { headers }))).toBe(0);
    expect(huge.seen).toEqual({ sent: 0, cancelled: true });
  });

  test("that comes too slowly is given up, and holds nothing", async () => {
    const budget = new BodyBudget();
    const sent = reading(trickle(1000, 10).stream, { budget });
    const began = Date.now();
    const read = sent.rest(1_000_000).then((what) => [what, Date.now() - began]);
    await vi.advanceTimersByTimeAsync(ARRIVAL_MS + 1);
    expect(await read).toEqual(["too_slow", ARRIVAL_MS + 1]);
    await endsAfter(sent);
    expect(budget.heldBytes).toBe(0);
  });
});

test("a beacon that there is no room for is told to come again, not that its token is wrong", async () => {
  vi.spyOn(console, "info").mockReturnValue();
  const budget = new BodyBudget();
  const full = { budget, now: () => 0 };
  for (let n = 0; budget.take(budget.share(), n < 3 ? 4 * 1024 * 1024 : 64 * 1024, 0); n += 1);
  const { app } = edgeUnderTest({ open: false, env: ENV, deps: { bodies: full } });
  const headers = { "content-type": "text/plain" };
  const answer = await app.request(TRACE_PATH, { method: "POST", headers, body: "Bearer abc\n{}" });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await answer.json()).toMatchObject({ error: { code: "overloaded" } });
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
