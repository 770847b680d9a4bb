// A hook's words about leased records, on their way into the pass that has them.
import { expect, it } from "vitest";
import { claim, row, World } from "../consumer-world.ts";

it("counts each record once, delivered, dead or dropped, and says of none that it was left", async () => {
  const world = new World();
  const a = world.session("a", row("a", 4));
  world.amending = {
    hook: async () => ({
      kept: [1, 2],
      changed: [],
      dropped: [[3, "hook:other"]],
      failed: [{ ordinal: 4, reason: "hook_failed", message: "it threw" }],
    }),
    sessionById: () => ({
      amend: async ({ dropped }) => {
        const gone = new Set(dropped.map(([ordinal]) => ordinal));
        a.outbox = a.outbox.filter(({ ordinal }) => !gone.has(ordinal));
        return { noted: true };
      },
    }),
  };
  await world.consume(claim("a"));
  expect([a.delivered, a.dead.map(({ ordinal }) => ordinal)]).toEqual([[1, 2], [4]]);
  expect(world.logged("delivery")).toMatchObject([{ records: 3, delivered: 2, dead: 1, left: 0 }]);
});
