// 5,000 turns a second into one project: the objects take them faster than they come, and count each once.
import { expect, it } from "vitest";
import { emptyCell, mergeCell } from "../../../src/figures/cells/cell.ts";
import { DAY_MS, MINUTE_MS } from "../../../src/figures/read/query.ts";
import { askMetrics } from "../../../src/edge/figures/ask-metrics.ts";
import { MAX_BATCH_TURNS } from "../../../src/delivery/figures/figures-teller.ts";
import { eachOnItsOwn, PROJECT, START } from "../support.ts";
import { type Calls, isolate, livelyTurn, metrics } from "./lively.ts";

eachOnItsOwn();

const TURNS_A_SECOND = 5_000;
const SECONDS = 5;
/** Consumers at work beside each other; at such a rate each pass of one brings a whole batch. */
const ISOLATES = 8;

it("is taken by objects that ask for company, and each turn counts once", async () => {
  const calls: Calls = { tells: 0, shards: new Set() };
  const isolates = Array.from({ length: ISOLATES }, () =>
    isolate(calls, (ms) => scheduler.wait(ms)),
  );
  const telling: (Promise<unknown> | undefined)[] = [];
  const began = performance.now();
  const told = Math.ceil((TURNS_A_SECOND * SECONDS) / MAX_BATCH_TURNS) * MAX_BATCH_TURNS;
  for (let from = 0; from < told; from += MAX_BATCH_TURNS) {
    const figures = Array.from({ length: MAX_BATCH_TURNS }, (_, n) =>
      livelyTurn(from + n, START - ((from + n) % 3) * 1000),
    );
    const teller = isolates[(from / MAX_BATCH_TURNS) % ISOLATES];
    teller?.add({ publicKey: PROJECT, label: "label" }, { figures, posts: [], objects: [] });
    telling.push(teller?.flush());
    // All that is full is told before more comes.
    if (from % (MAX_BATCH_TURNS * ISOLATES * 2) === 0) await scheduler.wait(1);
  }
  await Promise.all(telling.flatMap((one) => one ?? []));
  const seconds = (performance.now() - began) / 1000;
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
  // Here all objects share one thread, with the test; on Cloudflare each has one.
  expect(told / seconds).toBeGreaterThan(TURNS_A_SECOND);
});
