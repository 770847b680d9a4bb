import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { WaitingClaims } from "../../../../src/serve/host/waiting-claims.ts";

const RULE = { size: 3, waitMs: 1000 };

describe("a batch", () => {
  it("waits for others, but not for long", () => {
    const waiting = new WaitingClaims(RULE);
    waiting.add(["a"], 0, 5000);
    expect([waiting.take(5999), waiting.nextAt()]).toEqual([undefined, 6000]);
    expect(waiting.take(6000)).toEqual(["a"]);
    expect([waiting.take(9000), waiting.nextAt()]).toEqual([undefined, undefined]);
  });

  it("goes at once when it is full", () => {
    const waiting = new WaitingClaims(RULE);
    waiting.add(["a", "b", "c", "d"], 0, 5000);
    expect(waiting.take(5000)).toEqual(["a", "b", "c"]);
    expect(waiting.take(5000)).toBeUndefined();
    expect(waiting.take(5000, true)).toEqual(["d"]);
  });

  it("has nothing that is delayed before its time, whatever the hurry", () => {
    const waiting = new WaitingClaims(RULE);
    waiting.add(["later"], 3000, 5000);
    expect(waiting.take(7999, true)).toBeUndefined();
    expect(waiting.nextAt()).toBeLessThanOrEqual(8100);
    expect(waiting.take(8100, true)).toEqual(["later"]);
  });
});

test("each claim goes out once, none before its time, and none is forgotten", () => {
  const claim = fc.record({ afterMs: fc.nat(2000), delayMs: fc.nat(5000) });
  fc.assert(
    fc.property(fc.array(claim, { maxLength: 60 }), (claims) => {
      const waiting = new WaitingClaims(RULE);
      const due: number[] = [];
      const got: number[] = [];
      let now = 1000;
      const look = (): void => {
        for (let batch = waiting.take(now); batch !== undefined; batch = waiting.take(now)) {
          expect(batch.length).toBeLessThanOrEqual(RULE.size);
          for (const id of batch as number[]) {
            expect(now).toBeGreaterThanOrEqual(due[id] ?? Infinity);
            got.push(id);
          }
        }
      };
      for (const { afterMs, delayMs } of claims) {
        now += afterMs;
        due.push(now + delayMs);
        waiting.add([due.length - 1], delayMs, now);
        look();
      }
      for (let at = waiting.nextAt(); at !== undefined; at = waiting.nextAt()) {
        expect(at).toBeGreaterThan(now - RULE.waitMs);
        now = Math.max(now, at);
        look();
      }
      expect(got.toSorted((a, b) => a - b)).toEqual(claims.map((_, id) => id));
      // The last one waited for others and for its own time, and for nothing else.
      expect(now).toBeLessThanOrEqual(Math.max(1000, ...due) + RULE.waitMs + 100);
    }),
  );
});
