// A small run of what `npm run fuzz` does at length, over actions, older events and exports.
import { afterAll, beforeAll, expect, it } from "vitest";
import { fuzz } from "../fuzz/fuzz.ts";
import { buildWorld, type World } from "./attacks/world.ts";

let world: World;
beforeAll(async () => {
  world = await buildWorld();
});
afterAll(() => world.stop());

it("nothing that is generated brings out a 5xx or a secret", async () => {
  const { findings, statuses } = await fuzz(world, 1200, 4);
  expect(findings).toEqual([]);
  // It got in, and it was refused in all the ways that there are.
  for (const status of [200, 207, 400, 401, 403, 404, 405, 415, 422]) {
    expect(statuses[status], String(status)).toBeGreaterThan(0);
  }
});
