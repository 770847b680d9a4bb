// Records that SAMPLING left out: a consumer has them for their figures, posts none, and settles them whatever
// becomes of those beside them.
import { expect, test } from "vitest";
import type { SealedRecord } from "../../../src/protocol/record.ts";
import { deliverProject } from "../../../src/delivery/deliver-project.ts";
import { PassesUnderWay } from "../../../src/delivery/passes-under-way.ts";
import type { Verdict } from "../../../src/langfuse/classify.ts";
import type { Settlement } from "../../../src/protocol/session/settle-calls.ts";
import { claim, PROJECT, row, T0, World } from "./consumer-world.ts";

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
  expect(world.logged("delivery")).toMatchObject([{ records: 3, delivered: 3, left: 0 }]);
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

test("a settlement of a part has them, so that no other consumer comes for them", async () => {
  const [kept, out] = leftOut(row("a", 2), (index) => index === 1);
  if (kept === undefined || out === undefined) throw new Error("there are two");
  const body = JSON.stringify({ id: "s", traceId: "a", name: "liked", value: 1 });
  const score: SealedRecord = {
    kind: "score",
    ordinal: 3,
    actions: 1,
    size: 100,
    id: "s",
    timestamp: T0,
    body,
  };
  const settlements: Settlement[] = [];
  let answerScore = (_verdict: Verdict): void => undefined;
  const wakes: (() => void)[] = [];
  const idle = () => new Promise(setImmediate);
  const pass = deliverProject(
    PROJECT,
    [{ object: "a" }],
    {
      plans: {
        observation: { apart: false, proven: false },
        score: { apart: false, proven: false },
      },
      lastDelivery: async () => undefined,
      postsAtOnce: 4,
      others: new PassesUnderWay(),
      tell: async () => true,
    },
    {
      random: () => 0.5,
      posterTo: () => async (kind) =>
        kind === "score"
          ? new Promise<Verdict>((resolve) => (answerScore = resolve))
          : { kind: "delivered" },
      now: () => T0,
      wait: () => new Promise((resolve) => wakes.push(resolve)),
      tellsFigures: true,
      log: () => undefined,
      sessionById: () => ({
        lease: async () => ({
          lease: { id: 1, until: T0 + 33_000, records: [kept, out, score], inParts: true },
        }),
        settle: async (settlement) => {
          settlements.push(settlement);
          return { sealed: 0, pending: 0 };
        },
      }),
    },
  );
  for (let n = 0; n < 20 && settlements.length === 0; n += 1) {
    await idle();
    for (const wake of wakes.splice(0)) wake();
  }
  expect(settlements).toMatchObject([{ delivered: [1, 2], keeps: ["score"] }]);
  answerScore({ kind: "delivered" });
  const { figures } = await pass.done;
  expect(settlements[1]?.delivered).toEqual([3]);
  expect(figures.flatMap(({ scores = [] }) => scores)).toHaveLength(1);
});
