// The contract's lines on what Langfuse accepts and then loses, overwrites or keeps twice.
import { describe, expect, it } from "vitest";
import type { FindingKind } from "../../../../../src/dev/sink/inspect/finding.ts";
import { exportOf, good, nanos, OTHER_TRACE, span, START_MS, TRACE } from "../exports.ts";
import { OTLP, sinkUnderTest } from "../sink-under-test.ts";
import { NOW } from "../sqlite.ts";
import { SCORE, kindsOf, exported, scored } from "./sink-answers.ts";

describe("accepted with 200 and then lost", () => {
  const twoTraces = async (bad: object, secondMs: number) => {
    let now = NOW;
    const under = sinkUnderTest(() => now);
    await under.send(OTLP, { body: exportOf(span({ traceId: "before" })) });
    now += secondMs;
    const statuses = [(await under.send(OTLP, { body: exportOf(span(), bad) })).status];
    statuses.push((await under.send(OTLP, { body: exportOf(span({ traceId: "after" })) })).status);
    now += 1000;
    await under.send(OTLP, { body: exportOf(span({ traceId: "later" })) });
    const kept = (await under.sink.traces(9)).map(({ id }) => id).sort();
    return { statuses, kept, kinds: await kindsOf(under) };
  };
  const surrogate = span({ traceId: OTHER_TRACE, name: "half \ud83d" });
  const nothing = span({ traceId: OTHER_TRACE, attributes: [{ key: "k", value: null }] });

  it("a null: every span of that request is lost, and no other", async () => {
    const { statuses, kept, kinds } = await twoTraces(nothing, 0);
    expect([statuses, kept, kinds]).toEqual([
      [200, 200],
      ["after", "before", "later"],
      ["null_attribute"],
    ]);
  });

  it("a lone surrogate: other requests' spans in the same second are lost with it", async () => {
    const { statuses, kept, kinds } = await twoTraces(surrogate, 0);
    expect([statuses, kept]).toEqual([[200, 200], ["later"]]);
    expect(kinds).toEqual(["lone_surrogate", "lone_surrogate"]);
  });

  it("a lone surrogate: those of the second before are not", async () => {
    const { kept } = await twoTraces(surrogate, 1000);
    expect(kept).toEqual(["before", "later"]);
  });

  it("a score without `body.id`: answered 201, never stored", async () => {
    const { id: _id, ...nameless } = SCORE;
    const { status, successes, scores, kinds } = await scored(nameless);
    expect([status, successes, scores]).toEqual([207, [{ id: "event-1", status: 201 }], []]);
    expect(kinds).toEqual(["score_without_id"]);
  });

  it("a lone surrogate in a score", async () => {
    const { successes, scores, kinds } = await scored({ ...SCORE, comment: "\ud800" });
    expect([successes.length, scores, kinds]).toEqual([1, [], ["lone_surrogate"]]);
  });

  it.each<
    [string, Record<string, unknown>, Partial<{ endTime: number; latencyMs: number }>, FindingKind]
  >([
    ["end “0” is stored as 1970", { endTimeUnixNano: "0" }, { endTime: 0 }, "time_1970"],
    [
      "end before start is kept as a negative latency",
      { endTimeUnixNano: nanos(START_MS - 5) },
      { latencyMs: -5 },
      "end_before_start",
    ],
    [
      "no end at all means end = start",
      { endTimeUnixNano: undefined },
      { latencyMs: 0 },
      "missing_end",
    ],
  ])("%s", async (_name, fields, expected, kind) => {
    const { kept, kinds } = await exported(exportOf(span(fields)));
    expect(kept[0]).toMatchObject(expected);
    expect(kinds).toEqual([kind]);
  });
});

describe("sending the same span twice", () => {
  const sentTwice = async (...bodies: object[]) => {
    const under = sinkUnderTest();
    for (const body of bodies) await under.send(OTLP, { body });
    const nodes = (await under.sink.trace(TRACE))?.nodes ?? [];
    const rows = nodes.map(({ observation, copies }) => [observation.name, copies]);
    return { rows, kinds: await kindsOf(under) };
  };

  it("identical ones right after each other: one row", async () => {
    const { rows, kinds } = await sentTwice(exportOf(span(), span()));
    expect([rows, kinds]).toEqual([[["a span", 1]], ["resent_span"]]);
  });

  it("in a later batch: both rows are returned and counted", async () => {
    const { rows, kinds } = await sentTwice(good, good);
    expect([rows, kinds]).toEqual([[["a span", 2]], ["resent_span"]]);
  });

  it("with other content: both, then the last wins whole, nothing is merged", async () => {
    const ended = exportOf(span({ name: "ended" }));
    const { rows, kinds } = await sentTwice(good, ended);
    expect([rows, kinds]).toEqual([[["ended", 2]], ["duplicate_span"]]);
  });

  it("with another start time both stay for ever", async () => {
    const moved = exportOf(span({ startTimeUnixNano: "1795348800001000000" }));
    const { rows, kinds } = await sentTwice(good, moved);
    expect(rows).toHaveLength(2);
    expect(kinds).toEqual(["duplicate_span"]);
  });
});
