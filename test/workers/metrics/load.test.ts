// 5,000 turns a second into one project: the objects take them faster than they come, and count each once.
import { expect, it } from "vitest";
import { emptyCell, mergeCell } from "../../../src/figures/cells/cell.ts";
import { DAY_MS, MINUTE_MS } from "../../../src/figures/read/query.ts";
import { askMetrics } from "../../../src/edge/figures/ask-metrics.ts";
import { eachOnItsOwn, PROJECT, START } from "../support.ts";
import { type Calls, isolate, livelyTurn, metrics } from "./lively.ts";

eachOnItsOwn();

const TURNS_A_SECOND = 5_000;
const SECONDS = 5;
/** Consumers at work beside each other; each pass of one brings some hundred turns. */
const ISOLATES = 8;
const PASS_TURNS = 125;

it("is taken by objects that ask for company, and each turn counts once", async () => {
  const calls: Calls = { tells: 0, shards: new Set() };
  const isolates = Array.from({ length: ISOLATES }, () =>
    isolate(calls, (ms) => scheduler.wait(ms)),
  );
  const began = performance.now();
  const turns = TURNS_A_SECOND * SECONDS;
  for (let from = 0; from < turns; from += PASS_TURNS) {
    const figures = Array.from({ length: PASS_TURNS }, (_, n) =>
      livelyTurn(from + n, START - ((from + n) % 3) * 1000),
    );
    const teller = isolates[(from / PASS_TURNS) % ISOLATES];
    teller?.add({ publicKey: PROJECT, label: "label" }, { figures, posts: [], objects: [] });
    // All that is full is told before more comes.
    if (from % (PASS_TURNS * ISOLATES * 2) === 0) await scheduler.wait(1);
  }
  for (const teller of isolates) {
    // What is left of the last batches would wait for its time.
    teller.add(
      { publicKey: PROJECT, label: "label" },
      {
        figures: Array.from({ length: 256 }, (_, n) => livelyTurn(turns + n, START)),
        posts: [],
        objects: [],
      },
    );
  }
  await Promise.all(isolates.map((teller) => teller.flush()));
  const seconds = (performance.now() - began) / 1000;
  const told = turns + ISOLATES * 256;
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
