import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { turnFigures } from "../../../../src/figures/turn/turn-figures.ts";
import type { TurnFigures } from "../../../../src/protocol/figures/turn-figures.ts";
import type { SealedRecord, SpanOrigin } from "../../../../src/protocol/record.ts";
import { AT, observation, score, span, TRACE, turnRecords } from "../records.ts";

const PROJECT = "pk-lf-1";
function only(records: readonly SealedRecord[], origins?: Record<string, SpanOrigin>): TurnFigures {
  const [first, ...others] = turnFigures(PROJECT, records, origins);
  expect(others).toEqual([]);
  if (first === undefined) throw new Error("nothing was told");
  return first;
}

describe("the figures of a turn", () => {
  it("have names of every object's as any other; the one that can't be a key is told apart", () => {
    const named = (name: string) => only([score({ name, value: "toString" })]).scores;
    expect(named("constructor")).toEqual([{ name: "constructor", value: "toString" }]);
    expect(named("__proto__")).toEqual([{ name: "__proto__ ", value: "toString" }]);
  });

  it("are what the browser library measured", () => {
    expect(only(turnRecords())).toEqual({
      trace: TRACE,
      isTurn: true,
      at: AT + 3000,
      assistant: "Claude Assistant",
      session: "chat-1",
      user: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      model: "claude-sonnet-5",
      release: "web-7",
      environment: "production",
      country: "DE",
      source: "frontend-click",
      variants: { tone: "friendly", layout: "b" },
      outcome: "completed",
      metrics: {
        turn: 3000,
        frontend_processing: 15,
        proxy_flush: 6.7,
        network: 219.3,
        time_to_first_token: 410,
        streaming: 2200,
        chunks_per_second: 24.5,
        tokens_per_second: (420 / 2170) * 1000,
      },
      generations: [
        { model: "claude-sonnet-5", ms: 2580, input: 1500, output: 420, total: 1920, cost: 0.009 },
      ],
      tools: [
        { name: "search", ms: 340 },
        { name: "search", ms: 40, error: true },
      ],
      errors: [
        {
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
          type: "Error",
          message: "HTTP 503 after 1,204 ms",
          count: 1,
        },
      ],
      scores: [{ name: "user-feedback", value: 1 }],
    });
  });

  it("are the same in whatever order the records come, beside whatever other trace", () => {
    const records = turnRecords();
    const expected = only(records);
    const other = observation({ traceId: "f".repeat(32), root: true });
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...records, other], { minLength: records.length + 1 }),
        (shuffled) => {
          const figures = turnFigures(PROJECT, shuffled);
          expect(figures).toHaveLength(2);
          expect(figures.find(({ trace }) => trace === TRACE)).toEqual(expected);
        },
      ),
    );
  });

  it("are those of a hand-written client's marks", () => {
    const latencies = {
      trace_created: 1.2,
      pre_api_flush: 15.4,
      first_backend_response: 234.7,
      streaming_complete: 2847.3,
    };
    const { metrics } = only([
      observation({ root: true, metadata: { latencies: JSON.stringify(latencies) } }),
    ]);
    expect(metrics.frontend_processing).toBeCloseTo(14.2);
    expect(metrics.network).toBeCloseTo(219.3);
    expect(metrics).not.toHaveProperty("streaming");
    expect(
      only([observation({ root: true, metadata: { latencies: "not json" } })]).metrics,
    ).toEqual({
      turn: 1000,
    });
  });

  it("count a turn in the part that has its root alone", () => {
    const records = turnRecords();
    const [root, ...rest] = records;
    const late = only(rest);
    expect(late).toMatchObject({ isTurn: false, metrics: {}, assistant: "Claude Assistant" });
    expect(late).not.toHaveProperty("outcome");
    const early = only([root as SealedRecord]);
    expect(early).toMatchObject({ isTurn: true, outcome: "completed" });
    expect(early).not.toHaveProperty("generations");
  });

  it("are no turn's where a page tells of its errors between turns", () => {
    const own = { source: "frontend-error" };
    const figures = only([
      observation({
        root: true,
        name: "page-errors",
        trace: { name: "page-errors" },
        metadata: own,
      }),
    ]);
    expect(figures.isTurn).toBe(false);
  });

  it("leave late updates out: what they are about was told", () => {
    const late = observation({
      name: "late-update",
      type: "event",
      fields: { level: "ERROR", statusMessage: "late" },
    });
    expect(turnFigures(PROJECT, [late])).toEqual([]);
  });

  it.each([
    [{ metadata: { outcome: "stopped" } }, "stopped"],
    [{ metadata: { outcome: "abandoned" } }, "abandoned"],
    [{ metadata: { outcome: "unheard of" } }, "completed"],
    [{ fields: { level: "ERROR" as const } }, "failed"],
    [
      { fields: { level: "WARNING" as const, statusMessage: "not ended by the client" } },
      "abandoned",
    ],
    [{}, "completed"],
  ])("say how a turn came out: %j", (fields, outcome) => {
    expect(only([observation({ root: true, ...fields })]).outcome).toBe(outcome);
  });

  it("take a late score's attributes from what its session knew", () => {
    const labels = {
      name: "Claude Assistant",
      release: "web-7",
      metadata: [["experiment_tone", "dry"]] as [string, string][],
    };
    const told = only([score({ name: "stars", value: 4 }, { labels })]);
    expect(told).toMatchObject({
      isTurn: false,
      at: AT + 60_000,
      assistant: "Claude Assistant",
      variants: { tone: "dry" },
      scores: [{ name: "stars", value: 4 }],
    });
  });

  it("never hold a user's own words, and read booleans and categories", () => {
    const records = [
      score({ name: "comment", value: "I hate Mondays", dataType: "TEXT" }),
      score({ name: "thumb", value: true }),
      score({ name: "mood", value: "good" }),
      score({ name: "of a session", value: 1, traceId: undefined }),
    ];
    expect(only(records).scores).toEqual([
      { name: "thumb", value: 1 },
      { name: "mood", value: "good" },
    ]);
  });
});

describe("the errors of a turn", () => {
  it("count a failure once that the request, the generation and the trace tell", () => {
    const fields = { level: "ERROR" as const, statusMessage: "Failed to fetch" };
    const records = ["frontend-backend-api-call", "streaming-response", "Claude"].map((name) =>
      observation({ name, fields, metadata: { stack: "TypeError: at chat.ts:1" } }),
    );
    expect(only(records).errors).toHaveLength(1);
  });

  it("have the page's own fingerprint, type, stack and count", () => {
    const error = observation({
      name: "frontend-error",
      fields: { level: "ERROR", statusMessage: "TypeError: x is undefined" },
      metadata: { fingerprint: "00112233445566aa", type: "TypeError", stack: "at f", count: "7" },
    });
    const copy = observation({ fields: { level: "ERROR", statusMessage: "x is undefined" } });
    expect(only([error, copy]).errors).toEqual([
      {
        fingerprint: "00112233445566aa",
        type: "TypeError",
        message: "x is undefined",
        stack: "at f",
        count: 7,
      },
    ]);
  });

  it("are few of a turn, with all that came counted", () => {
    const failed = Array.from({ length: 400 }, (_, n) =>
      observation({
        fields: {
          level: "ERROR",
          statusMessage: `failed by ${"abcdefghij"[n % 10]}${"x".repeat(n)}`,
        },
        metadata: { stack: "s".repeat(5000) },
      }),
    );
    const { errors = [] } = only(failed);
    expect(errors.length).toBeLessThanOrEqual(16);
    expect(JSON.stringify(errors).length).toBeLessThan(40_000);
    const kinds = new Set(failed.map(({ fields }) => fields.statusMessage?.slice(0, 300)));
    expect(errors.reduce((sum, { count }) => sum + count, 0)).toBe(kinds.size);
  });

  it("have a count that adds up, whatever the client says", () => {
    const said = (count: string) =>
      observation({
        fields: { level: "ERROR" },
        metadata: { fingerprint: "00112233445566aa", count },
      });
    for (const count of ["Infinity", "1e308"]) {
      const [error] = only([said(count), said(count)]).errors ?? [];
      expect(error?.count).toBe(2e9);
    }
  });

  it("have one fingerprint whatever numbers and ids are in the message", () => {
    const fingerprints = ["request 81 of 3f9a2c1d77", "request 9 of 00aa11bb22"].map(
      (statusMessage) =>
        only([observation({ fields: { level: "ERROR", statusMessage } })]).errors?.[0]?.fingerprint,
    );
    expect(new Set(fingerprints).size).toBe(1);
  });
});

describe("the figures of spans", () => {
  const origins = {
    origin: {
      resource: JSON.stringify({
        resource: {
          attributes: [{ key: "deployment.environment.name", value: { stringValue: "staging" } }],
        },
      }),
      scope: "{}",
    },
  };

  it("are read from Langfuse's own attributes", () => {
    const figures = only(
      [
        span(
          {
            "langfuse.trace.name": "backend-assistant-Claude",
            "session.id": "chat-2",
            "langfuse.trace.metadata.experiment_tone": "dry",
          },
          { ms: 4000 },
        ),
        span(
          {
            "langfuse.observation.type": "generation",
            "langfuse.observation.model.name": "gpt-6",
            "langfuse.observation.usage_details": '{"input":10,"output":30}',
            "langfuse.observation.cost_details": '{"total":0.5}',
            "langfuse.observation.completion_start_time": JSON.stringify(
              new Date(AT + 300).toISOString(),
            ),
            "langfuse.trace.name": "backend-assistant-Claude",
          },
          { parentId: "1".repeat(16), ms: 1300 },
        ),
      ],
      origins,
    );
    expect(figures).toMatchObject({
      isTurn: true,
      assistant: "backend-assistant-Claude",
      session: "chat-2",
      environment: "staging",
      variants: { tone: "dry" },
      outcome: "completed",
      model: "gpt-6",
      metrics: { turn: 4000, time_to_first_token: 300, streaming: 1000, tokens_per_second: 30 },
      generations: [{ model: "gpt-6", ms: 1300, input: 10, output: 30, total: 40, cost: 0.5 }],
    });
  });

  it("are read from the conventions of others", () => {
    const figures = only([
      span({}),
      span(
        {
          "gen_ai.operation.name": "chat",
          "gen_ai.request.model": "m",
          "gen_ai.usage.input_tokens": 5,
        },
        { parentId: "1".repeat(16) },
      ),
      span({ "gen_ai.operation.name": "execute_tool" }, { parentId: "1".repeat(16), name: "grep" }),
      span({ "openinference.span.kind": "TOOL" }, { parentId: "1".repeat(16), name: "ls" }),
    ]);
    expect(figures.assistant).toBe("answer");
    expect(figures.generations).toEqual([{ model: "m", ms: 1500, input: 5, output: 0, total: 5 }]);
    expect(figures.tools?.map(({ name }) => name)).toEqual(["grep", "ls"]);
  });

  it("tell a failure by the status, and its stack by the exception", () => {
    const events = [
      {
        name: "exception",
        attributes: [
          { key: "exception.type", value: { stringValue: "ValueError" } },
          { key: "exception.message", value: { stringValue: "no such model" } },
          { key: "exception.stacktrace", value: { stringValue: "File a.py" } },
        ],
      },
    ];
    const figures = only([span({}, { status: { code: 2, message: "no such model" }, events })]);
    expect(figures.outcome).toBe("failed");
    expect(figures.errors).toMatchObject([
      { type: "ValueError", message: "no such model", stack: "File a.py" },
    ]);
  });

  it("are none where the text is no span", () => {
    expect(turnFigures(PROJECT, [{ ...span({}), span: "null" }])).toEqual([]);
  });
});

it("never throws, whatever the records hold", () => {
  const names = fc.oneof(fc.string(), fc.constantFrom("constructor", "__proto__", "experiment_x"));
  const text = fc.oneof(fc.json(), fc.string());
  const record = fc.oneof(
    fc
      .record({
        root: fc.constantFrom(true as const, undefined),
        type: fc.constantFrom("generation" as const, "tool" as const, "span" as const),
        name: names,
        fields: fc.record({
          usageDetails: text,
          costDetails: text,
          model: names,
          statusMessage: text,
        }),
        metadata: fc.dictionary(names, text),
        wide: fc.dictionary(names, text),
      })
      .map(({ root, ...rest }) => observation({ ...rest, ...(root && { root }) })),
    text.map((body) => ({ ...score({}), body })),
    text.map((one) => ({ ...span({}), span: one })),
    fc
      .dictionary(names, fc.oneof(text, fc.double(), fc.boolean()))
      .map((attributes) => span(attributes)),
  );
  fc.assert(
    fc.property(fc.array(record), (records) => {
      for (const figures of turnFigures(PROJECT, records)) expect(figures.at).toBeGreaterThan(0);
    }),
  );
});
