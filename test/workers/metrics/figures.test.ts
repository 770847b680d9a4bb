// A project's figures in real objects: told by the consumer of real turns, through evictions, repeats and lost calls.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../src/protocol/change.ts";
import { valuesOf } from "../../../src/figures/cells/cell-table.ts";
import { emptyCell, mergeCell } from "../../../src/figures/cells/cell.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../src/figures/read/query.ts";
import { MAX_SHARDS, TURNS_A_SECOND } from "../../../src/metrics/load.ts";
import type { Cell } from "../../../src/protocol/figures/cells.ts";
import type { FiguresAnswer } from "../../../src/protocol/figures/figures-answer.ts";
import type { FiguresBatch } from "../../../src/protocol/figures/figures-calls.ts";
import { metricsName } from "../../../src/protocol/figures/metrics-name.ts";
import type { TurnFigures } from "../../../src/protocol/figures/turn-figures.ts";
import { span } from "../../unit/figures/records.ts";
import {
  behave,
  claimOf,
  consumeClaims,
  eachOnItsOwn,
  moveClock,
  newSession,
  PROJECT,
  request,
  sendTurn,
  START,
  turnSteps,
} from "../support.ts";

eachOnItsOwn();

const metrics = (shard = 0) => env.METRICS.get(env.METRICS.idFromName(metricsName(PROJECT, shard)));
const read = (shard = 0): Promise<FiguresAnswer> =>
  metrics(shard).figures({
    from: START - HOUR_MS,
    to: START + DAY_MS,
    stepMs: MINUTE_MS,
    filters: {},
    metrics: [],
    parts: ["speed"],
  });
const sumOf = ({ cells }: FiguresAnswer): Cell => {
  const sum = emptyCell();
  for (const cell of Object.values(cells)) mergeCell(sum, cell);
  return sum;
};
const turn = (n: number): TurnFigures => ({
  trace: `t${n}`,
  isTurn: true,
  at: START,
  assistant: "Claude",
  session: `s${n}`,
  metrics: { turn: 100 + n },
});
const batchOf = (id: string, turns: number): FiguresBatch => ({
  id,
  figures: Array.from({ length: turns }, (_, n) => turn(n)),
  posts: [],
  objects: [],
});

describe("the figures of a project", () => {
  it("are those of its delivered turns", async () => {
    const sessions = [newSession(), newSession()];
    for (const session of sessions) await sendTurn(session);
    await consumeClaims(...sessions.map((session) => claimOf(session)));
    const answer = await read();
    expect(sumOf(answer)).toMatchObject({ turns: 2, outcomes: { completed: 2 } });
    expect(answer.langfuse.observation?.answers).toEqual({ delivered: 1 });
    expect(answer.objects).toHaveLength(2);
  });

  it("count a turn once whose Langfuse was down before, and one that is claimed again", async () => {
    const session = newSession();
    await sendTurn(session);
    await behave({ status: 503 });
    await consumeClaims(claimOf(session));
    expect(sumOf(await read()).turns).toBe(0);
    await behave({});
    moveClock(60);
    await consumeClaims(claimOf(session));
    await consumeClaims(claimOf(session));
    const answer = await read();
    expect(sumOf(answer).turns).toBe(1);
    expect(answer.langfuse.observation?.answers).toMatchObject({ unavailable: 1, delivered: 1 });
  });

  it("have the attributes of a trace with a score that comes after it was delivered", async () => {
    const session = newSession();
    const [create, ...steps] = turnSteps();
    const traceFields = { name: "Claude", release: "r7" };
    const metadata: [string, string][] = [["experiment_tone", "dry"]];
    const named = { ...(create as Change), traceFields, metadata };
    await session.stub().append(request([named, ...steps]));
    moveClock(2);
    await consumeClaims(claimOf(session));
    const { trace } = named;
    const body = JSON.stringify({ id: "s1", traceId: trace, name: "stars", value: 4 });
    await session.stub().append(request([{ kind: "score", trace, id: "s1", body }], 20));
    moveClock(120);
    await runDurableObjectAlarm(session.stub());
    await consumeClaims(claimOf(session));
    const { cells } = await read();
    expect(Object.keys(cells).map(valuesOf)).toEqual([
      expect.objectContaining({ assistant: "Claude", release: "r7", variant: "tone:dry" }),
    ]);
    expect(Object.values(cells)).toMatchObject([{ turns: 1, scores: { stars: { n: 1 } } }]);
  });

  it("are those of spans that OpenTelemetry clients finished", async () => {
    const session = newSession();
    const origins = { origin: { resource: "{}", scope: '{"scope":{"name":"app"}}' } };
    const complete = (...given: Parameters<typeof span>) => {
      const {
        kind: _kind,
        ordinal: _ordinal,
        actions: _actions,
        size: _size,
        ...rest
      } = span(...given);
      return rest;
    };
    const items = [
      complete({ "langfuse.trace.name": "Backend Bot" }, { ms: 4000 }),
      complete(
        {
          "gen_ai.operation.name": "chat",
          "gen_ai.request.model": "m",
          "gen_ai.usage.output_tokens": 7,
        },
        { parentId: "1".repeat(16) },
      ),
    ];
    await session
      .stub()
      .append({ project: PROJECT, writer: "server", actions: [], spans: { items, origins } });
    moveClock(120);
    await consumeClaims(claimOf(session));
    const { cells } = await metrics().figures({
      // Their time is long ago: they count in the oldest hour that is kept.
      from: START - 31 * DAY_MS,
      to: START + DAY_MS,
      stepMs: HOUR_MS,
      filters: {},
      metrics: [],
      parts: ["speed"],
    });
    expect(
      Object.entries(cells).map(([key, cell]) => [valuesOf(key).assistant, cell.turns]),
    ).toEqual([["Backend Bot", 1]]);
    expect(sumOf({ ...(await read()), cells })).toMatchObject({ total: 7, generations: 1 });
  });

  it("are all there after an eviction, and a batch that is told twice counts once", async () => {
    await metrics().tell(batchOf("a", 3));
    await evictDurableObject(metrics());
    await metrics().tell(batchOf("a", 3));
    await metrics().tell(batchOf("b", 2));
    await evictDurableObject(metrics());
    expect(sumOf(await read()).turns).toBe(5);
    expect(sumOf(await metrics().totals()).turns).toBe(5);
  });

  it("say to whoever tells them whether somebody reads them, though their object sleeps meanwhile", async () => {
    const told = async (id: string) => (await metrics().tell(batchOf(id, 1))).isRead;
    expect(await told("a")).toBe(false);
    await read();
    await evictDurableObject(metrics());
    expect(await told("b")).toBe(true);
    moveClock(140);
    expect(await told("c")).toBe(true);
    moveClock(20);
    expect(await told("d")).toBe(false);
    await read();
    expect(await told("e")).toBe(true);
  });

  it("are kept whole where a write fails", async () => {
    await metrics().tell(batchOf("a", 1));
    await runInDurableObject(metrics(), (object, state) => {
      const put = state.storage.kv.put.bind(state.storage.kv);
      let fails = true;
      state.storage.kv.put = (...given: Parameters<typeof put>) => {
        if (fails) {
          fails = false;
          throw new Error("the storage failed");
        }
        put(...given);
      };
      return expect(
        (object as unknown as { tell: (batch: FiguresBatch) => Promise<unknown> }).tell(
          batchOf("b", 5),
        ),
      ).rejects.toThrow("the storage failed");
    });
    expect(sumOf(await read()).turns).toBe(1);
    await metrics().tell(batchOf("b", 5));
    expect(sumOf(await read()).turns).toBe(6);
  });

  it("go with time where nothing is told any more", async () => {
    await metrics().tell(batchOf("a", 1));
    for (let day = 0; day < 33; day += 1) {
      moveClock(DAY_MS / 1000 + 1);
      await runDurableObjectAlarm(metrics());
    }
    const keys = await runInDurableObject(metrics(), (_object, state) =>
      Array.from(state.storage.kv.list(), ([key]) => key),
    );
    expect(keys).toEqual(["closed"]);
    expect(await runDurableObjectAlarm(metrics())).toBe(false);
  });

  it("are spread over more objects when one is told more than it should have", async () => {
    let { shards } = await metrics().tell(batchOf("first", 1));
    expect(shards).toBe(1);
    for (let n = 0; shards === 1 && n < 60; n += 1) {
      ({ shards } = await metrics().tell(batchOf(`b${n}`, TURNS_A_SECOND / 4)));
    }
    expect(shards).toBe(2);
    await evictDurableObject(metrics());
    expect((await read()).shards).toBe(2);
    expect(MAX_SHARDS).toBeGreaterThanOrEqual(8);
  });
});
