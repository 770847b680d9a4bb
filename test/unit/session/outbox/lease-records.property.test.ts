// Consumers that lease, die, settle late or never, and an object that is evicted at any moment.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leasableAt } from "../../../../src/session/deadlines/alarm-time.ts";
import { World } from "./lease-world.ts";
import { runs } from "../../../support/runs.ts";

const stepArb = fc.oneof(
  fc.record({ do: fc.constant("append" as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.oneof(fc.nat(3_000), fc.nat(60_000)) }),
  fc.record({
    do: fc.constant("lease" as const),
    bytes: fc.constantFrom(1, 1_500, 1_000_000),
    strict: fc.boolean(),
    carries: fc.boolean(),
  }),
  fc.record({
    do: fc.constant("settle" as const),
    index: fc.nat(2),
    share: fc.constantFrom(0, 0.5, 1),
    retry: fc.boolean(),
    next: fc.boolean(),
    strict: fc.boolean(),
  }),
  fc.record({ do: fc.constant("evict" as const) }),
);

describe("leases", () => {
  it("gives no record to two consumers at once, nor again once it is delivered", () => {
    fc.assert(
      fc.property(fc.array(stepArb, { minLength: 5, maxLength: 60 }), (steps) => {
        const world = new World();
        for (const step of steps) {
          if (step.do === "append") world.append(step.count);
          if (step.do === "wait") world.now += step.ms;
          if (step.do === "lease") world.lease(step.bytes, step.strict, step.carries);
          if (step.do === "evict") world.evict();
          if (step.do === "settle") {
            const { retry, next, strict } = step;
            world.settle(
              step.index,
              {
                dead: [],
                ...(retry && { retry: { reason: "unreachable" } }),
                ...(next && {
                  next: { maxBytes: strict ? 500 : 1_500, ...(strict && { strict }) },
                }),
              },
              step.share,
            );
          }
        }
        // A consumer that comes when the object says so gets all of the rest, in order, before long.
        for (let round = 0; world.state.outbox.length > 0 || round === 0; round += 1) {
          expect(round).toBeLessThan(200);
          const at = leasableAt(world.state, world.memory) ?? world.now;
          expect(at - world.now).toBeLessThanOrEqual(50_000);
          world.now = Math.max(world.now, at);
          const { held } = world;
          if (world.lease(1_000_000) !== undefined) world.settle(held.length - 1, { dead: [] }, 1);
        }
        expect(world.settled.size).toBe(world.sent);
        world.evict();
        expect(world.lease(1_000_000)).toBeUndefined();
      }),
      { numRuns: runs(300) },
    );
  });
});
