// Turns of known speed and price through the built Worker: what its figures say equals what was sent, and a Worker
// that is deployed anew has them still.
import { afterAll, expect, it } from "vitest";
import { RELATIVE_ERROR } from "../../src/protocol/figures/dimensions.ts";
import type { FiguresBody } from "../../src/protocol/figures/figures-body.ts";
import { type RunningEdge, startEdge, stateFolder } from "../support/edge-process.ts";
import { basic, keyVars, post } from "../support/post.ts";
import { recordingLangfuse } from "../support/recording-langfuse.ts";
import { until } from "../support/until.ts";

const state = stateFolder();
afterAll(state.remove);

const TURNS = 60;
const firstToken = (n: number): number => 150 + ((n * 37) % 60) * 20;

/** The actions of a turn, as a hand-written client sends them. */
function turnActions(n: number): object[] {
  const traceId = `ui2-1671234567890-figures${n}`;
  const failed = n % 10 === 0;
  const now = Date.now();
  const latencies = {
    trace_created: 0,
    pre_api_flush: 12,
    first_backend_response: 112,
    first_chunk_received: 12 + firstToken(n),
    streaming_complete: 3000,
  };
  return [
    {
      action: "create_trace",
      data: {
        traceId,
        name: n % 3 === 0 ? "Research Bot" : "Claude Assistant",
        release: "web-7",
        metadata: { source: "frontend-click", experiment_tone: n % 2 === 0 ? "dry" : "warm" },
        timestamp: now - 3000,
      },
    },
    {
      action: "create_generation",
      data: {
        traceId,
        generationId: "g",
        name: "streaming-response",
        model: "m-1",
        startTime: now - 2900,
      },
    },
    {
      action: "end_generation",
      data: {
        traceId,
        generationId: "g",
        usage: { input: 100, output: 20 },
        costDetails: { total: 0.002 },
        ...(failed && { level: "ERROR", statusMessage: `HTTP 500 at request ${n}` }),
        endTime: now,
      },
    },
    { action: "end_trace", data: { traceId, metadata: { latencies }, endTime: now } },
  ];
}

async function figures({ url }: RunningEdge, query = ""): Promise<FiguresBody> {
  const answer = await fetch(`${url}/api/langfuse/figures?${query}`, {
    headers: { authorization: basic() },
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as FiguresBody;
}

it("says what was sent: counts exactly, percentiles within the stated error, also after a deploy", async () => {
  const langfuse = await recordingLangfuse();
  const options = { vars: keyVars(langfuse.url), persist: state.path };
  const edge = await startEdge(options);
  await Promise.all(
    Array.from({ length: TURNS }, async (_, n) => {
      const { status } = await post(edge.url, {
        sessionId: `chat-${n % 20}`,
        actions: turnActions(n),
      });
      expect(status).toBe(200);
    }),
  );
  const told = async (one: RunningEdge): Promise<FiguresBody | undefined> => {
    const body = await figures(one, "by=assistant&part=speed,experiments,cost,errors,delivery");
    // The ledger is told beside the figures.
    const settled = body.delivery?.accepted === 4 * TURNS && body.delivery.pending === 0;
    return body.total?.turns === TURNS && settled ? body : undefined;
  };
  const body = await until(() => told(edge));
  expect(body.total).toMatchObject({
    outcomes: { completed: TURNS * 0.9, failed: TURNS * 0.1 },
    tokens: { input: 100 * TURNS, output: 20 * TURNS, total: 120 * TURNS },
    cost: 0.002 * TURNS,
    unpriced: 0,
    errors: TURNS * 0.1,
  });
  expect(body.groups?.map(({ value, turns }) => [value, turns])).toEqual([
    ["Claude Assistant", 40],
    ["Research Bot", 20],
  ]);
  const sorted = Array.from({ length: TURNS }, (_, n) => firstToken(n)).toSorted((a, b) => a - b);
  const measured = body.total?.metrics.time_to_first_token;
  for (const [found, share] of [
    [measured?.p50, 0.5],
    [measured?.p90, 0.9],
    [measured?.p99, 0.99],
  ] as const) {
    const exact = sorted[Math.floor(share * (TURNS - 1))] ?? 0;
    expect(Math.abs((found ?? 0) / exact - 1)).toBeLessThan(RELATIVE_ERROR + 0.001);
  }
  expect(body.errors?.groups).toMatchObject([
    { count: 6, message: expect.stringContaining("HTTP 500") },
  ]);
  expect(body.experiments).toMatchObject([
    { name: "tone", variants: [{ turns: 30 }, { turns: 30 }] },
  ]);
  expect(body.cost?.by.model).toMatchObject([{ value: "m-1", cost: 0.002 * TURNS }]);
  expect(body.delivery).toMatchObject({
    pending: 0,
    balance: 0,
    alive: { sessions: 20, objects: 20 },
  });
  await edge.stop();

  const next = await startEdge(options);
  const after = await figures(next, "by=assistant&part=speed,experiments,cost,errors");
  expect(after.total?.metrics).toEqual(body.total?.metrics);
  expect(after.errors?.groups).toHaveLength(1);
  const text = await (
    await fetch(`${next.url}/api/langfuse/metrics`, { headers: { authorization: basic() } })
  ).text();
  expect(text).toContain(`outcome="failed"} `);
  expect(text).toMatch(/turn_seconds_count\{project="\w+",assistant="Research Bot"\} 20\n/);
  await next.stop();
  await langfuse.close();
});
