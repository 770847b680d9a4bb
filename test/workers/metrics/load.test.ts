// 25,000 turns of one moment into one project: its objects ask for company, and count each turn once.
import { expect, it } from "vitest";
import { emptyCell, mergeCell } from "../../../src/figures/cells/cell.ts";
import { DAY_MS, MINUTE_MS } from "../../../src/figures/read/query.ts";
import { askMetrics } from "../../../src/edge/figures/ask-metrics.ts";
import { MAX_BATCH_TURNS, TELL_TIMEOUT_MS } from "../../../src/delivery/figures/figures-teller.ts";
import { eachOnItsOwn, PROJECT, START } from "../support.ts";
import { livelyTurn } from "../../support/lively-turn.ts";
import { type Calls, isolate, metrics } from "./lively.ts";

eachOnItsOwn();

const TURNS = 25_000;
/** Consumers at work beside each other; at such a rate each pass of one brings a whole batch. */
const ISOLATES = 8;

it("is taken by objects that ask for company, and each turn counts once", async () => {
  const calls: Calls = { tells: 0, shards: new Set() };
  const isolates = Array.from({ length: ISOLATES }, () =>
    // Here all objects share one thread, with the test: none is so slow that it is given up.
    isolate(calls, (ms) => (ms === TELL_TIMEOUT_MS ? new Promise(() => {}) : scheduler.wait(ms))),
  );
  const telling: Promise<unknown>[] = [];
  const told = Math.ceil(TURNS / MAX_BATCH_TURNS) * MAX_BATCH_TURNS;
  for (let from = 0; from < told; from += MAX_BATCH_TURNS) {
    const figures = Array.from({ length: MAX_BATCH_TURNS }, (_, n) =>
      livelyTurn(from + n, START - ((from + n) % 3) * 1000),
    );
    const teller = isolates[(from / MAX_BATCH_TURNS) % ISOLATES];
    teller?.add({ publicKey: PROJECT, label: "label" }, { figures, posts: [], objects: [] });
    telling.push(teller?.flush() ?? Promise.resolve());
    // All that is full is told before more comes.
    if (from % (MAX_BATCH_TURNS * ISOLATES * 2) === 0) await Promise.all(telling.splice(0));
  }
  await Promise.all(telling);
  const answer = await askMetrics(
    (_key, shard) => metrics(shard),
    PROJECT,
    (object) =>
      object.figures({
        from: START - DAY_MS,
        to: START + DAY_MS,
        stepMs: MINUTE_MS,
        filters: {},
        metrics: [],
        parts: ["speed"],
      }),
  );
  const sum = emptyCell();
  for (const cell of Object.values(answer.cells)) mergeCell(sum, cell);
  expect(sum.turns).toBe(told);
  expect(sum.metrics.time_to_first_token?.n).toBe(told);
  expect(sum.errors).toBeGreaterThan(told / 60);
  expect(calls.shards.size).toBeGreaterThan(1);
  expect(calls.tells).toBeLessThan(told / 100);
});
