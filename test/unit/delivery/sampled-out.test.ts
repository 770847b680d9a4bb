// Records that SAMPLING left out: a consumer has them for their figures, posts none, and settles them whatever
// becomes of those beside them.
import { expect, test } from "vitest";
import type { SealedRecord } from "../../../src/protocol/record.ts";
import { claim, row, World } from "./consumer-world.ts";

const leftOut = (records: SealedRecord[], which: (index: number) => boolean): SealedRecord[] =>
  records.map((one, index) => (which(index) ? { ...one, sampledOut: true } : one));

test("none is posted, and all are settled with those beside them", async () => {
  const world = new World();
  const a = world.session(
    "a",
    leftOut(row("a", 6), (index) => index % 2 === 0),
  );
  await world.consume(claim("a"));
  expect(a.leaseRequests[0]).toMatchObject({ sampledOut: true });
  expect(world.posted.flatMap(({ names }) => names)).toHaveLength(3);
  expect(a.delivered.toSorted((x, y) => x - y)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(a.settlements).toHaveLength(1);
});

test("a session with nothing else costs no request to Langfuse", async () => {
  const world = new World();
  const a = world.session(
    "a",
    leftOut(row("a", 3), () => true),
  );
  const b = world.session("b", row("b", 2));
  await world.consume(claim("a"), claim("b"));
  expect(world.posted).toHaveLength(1);
  expect([a.delivered, b.delivered]).toEqual([
    [1, 2, 3],
    [1, 2],
  ]);
});

test("while Langfuse is down they are done with, and the others wait", async () => {
  const world = new World();
  world.reply = () => new Response("", { status: 503 });
  const a = world.session(
    "a",
    leftOut(row("a", 4), (index) => index < 2),
  );
  await world.consume(claim("a"));
  expect(a.delivered).toEqual([1, 2]);
  expect(a.settlements[0]?.retry).toMatchObject({ reason: "unavailable" });
  expect(a.outbox).toHaveLength(2);
});
