import fc from "fast-check";
import { expect, test } from "vitest";
import { readUpTo } from "../../../src/protocol/bounded-body.ts";

test("property: the first bytes of a body, and whether it has more, in whatever pieces it comes", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.nat(60), async (sent, max) => {
      const all = sent.flatMap((piece) => [...piece]);
      let cancelled = false;
      const left = [...sent];
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          const piece = left.shift();
          if (piece === undefined) controller.close();
          else controller.enqueue(piece);
        },
        cancel() {
          cancelled = true;
        },
      });
      const { bytes, more } = await readUpTo(stream, max);
      expect([...bytes]).toEqual(all.slice(0, max));
      expect(more).toBe(all.length > max);
      if (!more) expect(cancelled).toBe(false);
    }),
  );
});

test("no body is an empty one, and one that breaks off is none", async () => {
  expect(await readUpTo(null, 10)).toEqual({ bytes: new Uint8Array(), more: false });
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("gone")),
  });
  await expect(readUpTo(broken, 10)).rejects.toThrow("gone");
});
