// The figures of a project over HTTP: whole, from however many objects, or not at all.
import { describe, expect, it } from "vitest";
import type { EdgeDeps } from "../../../../src/edge/edge-deps.ts";
import { MINUTE_BOUNDS } from "../../../../src/figures/cells/cell-table.ts";
import { addFigures, addPost, emptySlice } from "../../../../src/figures/cells/slice.ts";
import { answerOf, emptyAnswer } from "../../../../src/figures/read/answer.ts";
import { addToTotals, emptyTotals } from "../../../../src/figures/read/totals.ts";
import { turnFigures } from "../../../../src/figures/turn/turn-figures.ts";
import type { FiguresAnswer } from "../../../../src/protocol/figures/figures-answer.ts";
import type { FiguresQuery } from "../../../../src/protocol/figures/figures-calls.ts";
import { turnRecords } from "../../figures/records.ts";
import { BASIC, edgeUnderTest } from "../edge-under-test.ts";
import { NOW } from "../interpret/interpreting.ts";

const slice = emptySlice();
for (const one of turnFigures("pk", turnRecords())) addFigures(slice, one, MINUTE_BOUNDS);
addPost(slice, { kind: "observation", at: NOW, ms: 90, answer: "delivered" });
const totals = emptyTotals();
addToTotals(totals, slice);
const books: EdgeDeps["ledger"] = () => ({
  books: async () => ({ totals: { accepted: 9, delivered: 9 }, minutes: [], hours: [] }),
  deadLetters: async () => ({ letters: [], total: 0, byReason: {} }),
  forgetLetters: async () => {},
});

/** `shards` objects, each of which was told one turn. */
function edge(shards: number, broken?: number, bound = true) {
  const told = (shard: number, of: () => FiguresAnswer) => async (): Promise<FiguresAnswer> => {
    if (shard === broken) throw new Error("out of reach");
    return { ...of(), shards: shard === 0 ? shards : 1 };
  };
  const metrics: EdgeDeps["metrics"] = (_key, shard) => ({
    figures: (query: FiguresQuery) =>
      told(shard, () => answerOf([{ at: query.to - 60_000, slice }], query))(),
    totals: told(shard, () => ({ ...emptyAnswer(), ...structuredClone(totals) })),
  });
  const { app } = edgeUnderTest({
    deps: { ledger: books, ...(bound && { metrics }) },
  });
  return async (path: string, init: RequestInit = { headers: { authorization: BASIC } }) => {
    const response = await app.request(`/api/langfuse/${path}`, init);
    return { status: response.status, text: await response.text() };
  };
}
const bodyOf = ({ text }: { text: string }): Record<string, unknown> =>
  JSON.parse(text) as Record<string, unknown>;

describe("GET /api/langfuse/figures", () => {
  it("answers with the sum of all of the project's objects", async () => {
    for (const shards of [1, 4]) {
      const answer = await edge(shards)("figures?by=assistant&part=speed,tools");
      expect(answer.status).toBe(200);
      expect(bodyOf(answer)).toMatchObject({
        at: new Date(NOW).toISOString(),
        by: "assistant",
        step: 60,
        total: { turns: shards },
        groups: [{ value: "Claude Assistant", turns: shards }],
        tools: [{ name: "search", calls: 2 * shards, errors: shards }],
      });
    }
  });

  it("has the project's books with the delivery part", async () => {
    const { delivery } = bodyOf(await edge(1)("figures?part=delivery"));
    expect(delivery).toMatchObject({
      accepted: 9,
      delivered: 9,
      pending: 0,
      balance: 0,
      langfuse: [{ kind: "observation", requests: 1 }],
      alive: { sessions: 1 },
    });
  });

  it("says what is wrong with a query", async () => {
    const answer = await edge(1)("figures?step=7");
    expect(answer.status).toBe(400);
    expect(bodyOf(answer)).toMatchObject({ error: { code: "invalid_request" } });
    const posted = await edge(1)("figures", { method: "POST" });
    expect(posted.status).toBe(405);
  });

  it("is no part of the whole: an object that can't be reached is a 503", async () => {
    for (const broken of [0, 2]) {
      const answer = await edge(4, broken)("figures");
      expect(answer.status).toBe(503);
      expect(bodyOf(answer)).toMatchObject({ error: { code: "unavailable" } });
    }
  });

  it("says where the configuration has no such object", async () => {
    const answer = await edge(1, undefined, false)("figures");
    expect(answer.status).toBe(503);
    expect(bodyOf(answer)).toMatchObject({ error: { code: "not_configured" } });
  });
});

describe("GET /api/langfuse/metrics", () => {
  it("has the turns by assistant, and histograms that Prometheus takes", async () => {
    const { status, text } = await edge(2)("metrics");
    expect(status).toBe(200);
    const lines = text.split("\n").map((line) => line.replace(/project="\w+",?/, ""));
    for (const line of [
      "langfuse_edge_actions_accepted_total{} 9",
      'langfuse_edge_turns_total{assistant="Claude Assistant",outcome="completed"} 2',
      'langfuse_edge_turn_tokens_total{assistant="Claude Assistant",kind="input"} 3000',
      'langfuse_edge_turn_cost_dollars_total{assistant="Claude Assistant"} 0.018',
      'langfuse_edge_tool_errors_total{tool="search"} 2',
      "# TYPE langfuse_edge_turn_seconds histogram",
      'langfuse_edge_turn_seconds_bucket{assistant="Claude Assistant",le="2.5"} 0',
      'langfuse_edge_turn_seconds_bucket{assistant="Claude Assistant",le="5"} 2',
      'langfuse_edge_turn_seconds_bucket{assistant="Claude Assistant",le="+Inf"} 2',
      'langfuse_edge_turn_seconds_sum{assistant="Claude Assistant"} 6',
      'langfuse_edge_turn_seconds_count{assistant="Claude Assistant"} 2',
      'langfuse_edge_langfuse_requests_total{kind="observation",answer="delivered"} 2',
    ]) {
      expect(lines).toContain(line);
    }
    for (const line of lines) {
      expect(line).toMatch(/^(?:# (?:HELP|TYPE) .+|[a-z_]+\{.*\} [\d.e+-]+|)$/);
    }
  });

  it("has the books where the turns can't be reached", async () => {
    const { status, text } = await edge(1, 0)("metrics");
    expect(status).toBe(200);
    expect(text).toContain("langfuse_edge_actions_accepted_total");
    expect(text).not.toContain("langfuse_edge_turns_total");
  });
});
