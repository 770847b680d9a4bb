// Refusals at the door, gathered and told: nothing is told twice, nothing that was counted is lost with a call.
import { expect, it } from "vitest";
import { DOOR_GATHER_MS, DoorCount } from "../../../src/edge/door-count.ts";
import { readGivenUp } from "../../../src/edge/trace/given-up.ts";
import { Ledger } from "../../../src/outcomes/ledger/ledger.ts";
import { MemoryKv } from "../outcomes/ledger/memory-kv.ts";
import { NOW } from "./interpret/interpreting.ts";

function scene() {
  let now = NOW;
  let broken = false;
  let calls = 0;
  const ledger = new Ledger(new MemoryKv(), () => now);
  const waits: (() => void)[] = [];
  const door = (id: string) =>
    new DoorCount({
      id,
      now: () => now,
      wait: () => new Promise((resolve) => waits.push(resolve)),
      log: () => {},
      ledger: () => ({
        take: async (reports) => {
          calls += 1;
          if (broken) throw new Error("the ledger is ill");
          await ledger.take(reports);
        },
      }),
    });
  return {
    door,
    calls: () => calls,
    breaks: (is: boolean) => (broken = is),
    totals: async () => (await ledger.books({})).totals,
    end: async (ms: number) => {
      now += ms;
      waits.length = 0;
    },
    pass: async (ms: number, ...told: (Promise<void> | undefined)[]) => {
      now += ms;
      for (const resolve of waits.splice(0)) resolve();
      await Promise.all(told.filter((one) => one !== undefined));
    },
  };
}

it("gathers what comes within a moment into one call, and tells a lost one with the next", async () => {
  const { door, calls, breaks, totals, pass } = scene();
  const one = door("one");
  expect(one.flush()).toBeUndefined();
  one.refused("pk", "too_old", 3);
  one.refused("pk", "invalid_time");
  const told = one.flush();
  one.refused("pk", "too_old");
  expect(one.flush()).toBeUndefined();
  await pass(DOOR_GATHER_MS, told);
  expect([calls(), await totals()]).toEqual([
    1,
    { "refused:too_old": 4, "refused:invalid_time": 1 },
  ]);
  breaks(true);
  one.refused("pk", "too_old");
  await pass(DOOR_GATHER_MS, one.flush());
  breaks(false);
  one.refused("pk", "too_old");
  await pass(DOOR_GATHER_MS, one.flush());
  expect(await totals()).toEqual({ "refused:too_old": 6, "refused:invalid_time": 1 });
});

it("takes over a call that its request took along when it ended", async () => {
  const { door, calls, pass, end } = scene();
  const one = door("one");
  one.refused("pk", "too_old");
  void one.flush();
  // The platform ended that request: its promises never settle.
  await end(20_000);
  one.refused("pk", "too_old");
  await pass(0, one.flush());
  expect(calls()).toBe(1);
});

it("counts what a page gave up once, whichever isolates it tells", async () => {
  const { door, totals, pass } = scene();
  const [one, two] = [door("one"), door("two")];
  one.givenUp("pk", "tab", { queue_overflow: 4 });
  two.givenUp("pk", "tab", { queue_overflow: 4, send_error: 1 });
  two.givenUp("pk", "other", { queue_overflow: 2 });
  await pass(DOOR_GATHER_MS, one.flush(), two.flush());
  one.givenUp("pk", "tab", { queue_overflow: 5, send_error: 1 });
  await pass(DOOR_GATHER_MS, one.flush());
  expect(await totals()).toEqual({ "given_up:queue_overflow": 7, "given_up:send_error": 1 });
});

it.each<[unknown, unknown]>([
  [undefined, undefined],
  [null, undefined],
  [[1], undefined],
  ["queue_overflow", undefined],
  [{}, undefined],
  [
    { queue_overflow: 2, send_error: 0, network_error: -1, x: "3", "A b": 1, __proto__: 1 },
    { queue_overflow: 2 },
  ],
  [{ queue_overflow: 1.5 }, undefined],
  [{ queue_overflow: 1e9 }, undefined],
])("reads of %j what can be meant", (given, read) => {
  expect(readGivenUp(given)).toEqual(read);
});
