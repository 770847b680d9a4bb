import fc from "fast-check";
import { expect, test } from "vitest";
import { queuedBytes, type Item, nextBatch } from "../../../../src/client/send/queue.ts";

const item = (bytes: number): Item => ({
  json: "",
  bytes,
  odd: [],
  room: 5e5,
  at: 0,
  seq: 1,
  resolve: () => {},
});
const items = fc.array(fc.integer({ min: 1, max: 100 }).map(item), { maxLength: 30 });
const room = fc.integer({ min: 1, max: 300 });
const most = fc.integer({ min: 1, max: 20 });

test("what goes next is a beginning of what waits, as long as there is room, and never nothing", () => {
  fc.assert(
    fc.property(items, room, most, (all, room, most) => {
      const batch = nextBatch(all, room, most);
      expect(batch).toEqual(all.slice(0, batch.length));
      expect(batch.length > 0).toBe(all.length > 0);
      expect(batch.length).toBeLessThanOrEqual(most);
      if (batch.length > 1) expect(queuedBytes(batch)).toBeLessThanOrEqual(room);
      const next = all[batch.length];
      const full = batch.length === most || (next && queuedBytes(batch) + next.bytes > room);
      expect(next === undefined || full).toBe(true);
    }),
  );
});

test("when the page may go, everything goes that has room, in its order", () => {
  fc.assert(
    fc.property(items, room, most, (all, room, most) => {
      const batch = nextBatch(all, room, most, true);
      expect(queuedBytes(batch)).toBeLessThanOrEqual(room);
      expect(all.filter((one) => batch.includes(one))).toEqual(batch);
      for (const left of all.filter((one) => !batch.includes(one))) {
        const before = batch.filter((one) => all.indexOf(one) < all.indexOf(left));
        expect(queuedBytes(before) + left.bytes).toBeGreaterThan(room);
      }
    }),
  );
});
