// What clients of other people's once sent (`npm run test:clients`), sent again to the built Worker: it arrives as
// it did from the client, and none of its requests is answered with an error.
import { expect, test } from "vitest";
import { besideEdge, replay } from "../clients/support/beside-edge.ts";
import { clientNamed, clientNames, readRecording } from "../clients/support/clients.ts";

test("there are clients, and each has a recording", async () => {
  expect(clientNames().length).toBeGreaterThan(0);
  const recordings = await Promise.all(clientNames().map(readRecording));
  expect(clientNames().filter((_, n) => recordings[n] === undefined)).toEqual([]);
});

test.concurrent.each(clientNames())("%s", async (name) => {
  const client = await clientNamed(name);
  const world = await besideEdge(client);
  try {
    const statuses = await replay(world.edge.url, (await readRecording(name)) ?? []);
    expect(statuses.filter((status) => status >= 400)).toEqual([]);
    await world.arrived();
  } finally {
    await world.stop();
  }
});
